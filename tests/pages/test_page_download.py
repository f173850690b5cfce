"""The page Download over invented answers: counts by hand, links, what is withheld, building, and hostile text.

By hand: 4 sites, 2 sites x 3 months x 2 taxa = 12 rows of detections by month, 3 months of effort at the first site.
"""

import json

import pytest

from data.access import PUBLIC
from exports.spec import DECLARED
from tests.pages import invented_merged
from tests.pages.reading import words_of

FIRST, SECOND = invented_merged.FIRST, invented_merged.SECOND


def tables_of(app) -> dict[str, object]:
    return {table.proto.alt: table.value for table in app.dataframe}


def table(app, words: str):
    return next(frame for alt, frame in tables_of(app).items() if words in alt)


def contents(app) -> dict[str, int]:
    found = table(app, "of the package")
    return dict(zip(found["name"], found["rows"], strict=True))


def codes(app) -> str:
    return "\n".join(code.value for code in app.code)


def test_rows_of_each_chosen_table_are_those_counted_by_hand(open_page):
    app = open_page("download")
    assert not app.exception
    assert app.title[0].value == "Download"
    assert contents(app) == {"sites": 4, "detections_by_month": 12, "effort_by_month": 3}
    words = words_of(app)
    assert "5 tables · data version 7 of 22 Nov 2026, 17:30 UTC" in words
    assert "19 rows in 3 tables" in words
    assert "**12 rows** · Jul 2026 – Sep 2026 · CC\\-BY\\-4\\.0" in words


def test_every_table_has_a_card_with_its_meaning(open_page):
    app = open_page("download", role="staff")
    titles = [box.label.strip("*") for box in app.checkbox]
    assert titles == [
        DECLARED[name].title for name in DECLARED if name in (*invented_merged.OFFERED, *invented_merged.SINGLE)
    ]
    words = words_of(app)
    assert all(DECLARED[name].meaning in words for name in invented_merged.OFFERED)


def test_the_link_of_a_choice_opens_the_same_choice(open_page):
    link = {
        "table": ["sites", "detections_by_month"],
        "site": [FIRST, SECOND],
        "taxon": "Equus quagga",
        "first": "2026-08-01",
        "format": "parquet",
        "sites.column": ["site_name", "country"],
    }
    app = open_page("download", **link)
    assert not app.exception
    assert contents(app) == {"sites": 2, "detections_by_month": 4}
    assert app.multiselect(key="site").value == [FIRST, SECOND]
    assert app.text_input(key="first").value == "2026-08-01"
    assert "Columns of Sites: 2 of 23" in [box.label for box in app.expander]
    assert {key: app.query_params[key] for key in link} == link
    preview = table(app, "of Sites")
    assert list(preview.columns) == ["site_id", "site_name", "country", "masking", "is_demo"]


def test_choices_go_into_the_address_and_usual_ones_do_not(open_page):
    app = open_page("download")
    assert dict(app.query_params) == {}
    app.checkbox(key="table_effort_by_month").uncheck().run()
    assert app.query_params["table"] == ["sites", "detections_by_month"]
    app.checkbox(key="table_effort_by_month").check().run()
    assert "table" not in app.query_params
    app.multiselect(key="site").set_value([SECOND]).run()
    assert app.query_params["site"] == SECOND


def test_unknown_values_of_a_link_are_named_and_the_usual_choice_is_shown(open_page):
    app = open_page(
        "download",
        table=["sites", "secrets"],
        site=["<b>nowhere</b>", FIRST],
        taxon="Nessie",
        first="soon",
        format="pdf",
        **{"sites.column": ["password"]},
    )
    assert not app.exception
    words = words_of(app).replace("\\", "")
    for value in ("secrets", "<b>nowhere</b>", "Nessie", "soon", "pdf", "password"):
        assert f"“{value}”" in words, value
    assert contents(app) == {"sites": 1}


def test_days_in_the_wrong_order_are_told(open_page):
    app = open_page("download", first="2026-09-01", last="2026-08-01")
    assert "comes after the last one" in words_of(app)
    assert contents(app)["detections_by_month"] == 12


def test_filters_that_a_table_does_not_know_are_told(open_page):
    app = open_page("download", first="2026-08-01", taxon="Equus quagga")
    words = words_of(app)
    assert "Days do not apply to Sites, which you get whole." in words
    assert "Taxa do not apply to Sites, Camera effort by month, which you get whole." in words


def test_without_a_table_there_is_a_way_out_and_nothing_to_build(open_page):
    app = open_page("download", table="none")
    assert "No table is chosen" in words_of(app)
    assert "Build package" not in [button.label for button in app.button]


def test_public_is_told_what_is_withheld_and_why(open_page):
    app = open_page("download")
    label = next(box.label for box in app.expander if "may not have" in box.label)
    assert label == "2 tables that you may not have, and why"
    app.session_state["withheld_table"] = True
    found = table(app.run(), "withheld")
    assert dict(zip(found["table"], found["reason"], strict=True)) == invented_merged.withheld(None, PUBLIC)
    assert not [box for box in open_page("download", role="staff").expander if "may not have" in box.label]


@pytest.mark.parametrize(
    "link", [{"table": "detections"}, {"table": ["detections", "sites"]}, {"preview": "detections"}]
)
def test_public_sees_no_single_record_by_a_link(open_page, link):
    app = open_page("download", **link)
    assert not app.exception
    sent = words_of(app) + codes(app) + "".join(frame.value.to_csv() for frame in app.dataframe)
    assert "d0," not in sent
    assert invented_merged.FORMULA not in sent


@pytest.mark.parametrize(("role", "needs_token"), [("public", False), ("partner", True), ("staff", True)])
def test_code_fetches_the_same_from_the_api(open_page, role, needs_token):
    app = open_page("download", role=role, table="sites", site=FIRST)
    found = codes(app)
    assert f'sites = pd.read_parquet(api + "/tables/sites.parquet?site={FIRST}"' in found
    assert f'sites <- arrow::read_parquet(fetch("/tables/sites.parquet?site={FIRST}"))' in found
    assert f'"$api/package?table=sites&format=csv&site={FIRST}"' in found
    assert 'api = "http://localhost/api/v1"' in found
    assert ("T4N_TOKEN" in found) is needs_token
    assert json.loads(next(code.value for code in app.code if code.language == "json"))["sites"] == [FIRST]


@pytest.mark.parametrize("role", ["public", "staff"])
def test_hostile_names_stay_text_in_code_and_words(open_page, role):
    nasty = '"); system("rm -rf ~"); ("'
    app = open_page("download", role=role, taxon=["<b>Odd</b>", nasty], site="990000004")
    assert not app.exception
    assert "taxon=%3Cb%3EOdd%3C%2Fb%3E" in codes(app)
    assert "system(" not in codes(app)
    assert "<b>" not in words_of(app)


def test_a_network_without_sites_has_nothing_to_download(open_page, answers):
    everything = answers["sites"]
    answers["sites"] = lambda *asked: everything(*asked).head(0)
    app = open_page("download")
    assert not app.exception
    assert "No sites are known yet" in words_of(app)


def test_tables_without_rows_are_shown_as_empty(open_page, answers):
    answers["merged_count"] = lambda *asked: 0
    answers["merged_batches"] = lambda *asked: iter(())
    answers["merged_preview"] = lambda view, viewer, name, choice, today, rows: (
        DECLARED[name].arrow_schema.empty_table().to_pandas()
    )
    app = open_page("download")
    assert not app.exception
    assert set(contents(app).values()) == {0}
    assert "No row of this table passes the filters." in words_of(app)


def test_a_filter_asks_only_about_the_chosen_tables(open_page, answers):
    app = open_page("download", table="sites")
    counted = []
    real = answers["merged_count"]
    answers["merged_count"] = lambda *asked: counted.append(asked[2]) or real(*asked)
    app.multiselect(key="site").set_value([FIRST]).run()
    assert set(counted) == {"sites"}
    counted.clear()
    app.run()
    assert counted == []


def test_licences_and_citations_of_the_sources_are_told(open_page):
    app = open_page("download", role="staff", table="detections_by_month")
    app.session_state["owners_table"] = True
    found = table(app.run(), "licence and citation")
    assert found["source"].tolist() == ["aldermere-cameras"]
    assert found["licence"].tolist() == ["CC-BY-4.0"]
    assert "data version 7 of 2026-11-22" in found["citation"][0]
