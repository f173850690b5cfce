"""The words and marks of a comparison: ranks in words, contacts that a link may lead to, and strips of many peers."""

import json
import math

import pandas as pd
import pytest

from metrics import peers
from metrics.peers import Peers, Rules, Standing
from ui import charts_compare, compare, compare_criteria, compare_words, tables_compare
from ui.compare_figures import CURVES, FIGURES, ROWS, VALUES, Measured, taxa_rows

RATE, NEWEST, CRITERIA = FIGURES["rate"], FIGURES["newest"], FIGURES["criteria"]
HOSTILE = "<img src=x onerror=alert(1)> =1+1 reserve"


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
     (102, "102nd"), (111, "111th"), (1003, "1,003rd")],
)  # fmt: skip
def test_ranks_are_said_as_people_say_them(place: int, words: str) -> None:
    assert compare_words.ordinal(place) == words


@pytest.mark.parametrize(
    ("figure", "best", "worst", "ends", "words"),
    [
        (RATE, 3, 12, (1, 2), "between 3rd and 12th highest of 21, the intervals overlap"),
        (RATE, 1, 21, (1, 2), "no rank: the intervals overlap"),
        (RATE, 1, 21, (math.nan, math.nan), "no rank: this site's figure has no interval"),
        (RATE, 7, 7, (1, 2), "7th highest of 21"),
        (NEWEST, 1, 1, (2, 2), "1st lowest of 21"),
        (NEWEST, 1, 4, (2, 2), "between 1st and 4th lowest of 21, several sites have the same"),
        (CRITERIA, 8, 9, (15, 16), "between 8th and 9th highest of 21, what is not known could change it"),
        (RATE, None, None, (1, 2), ""),
    ],
)
def test_a_rank_is_said_only_as_far_as_it_is_certain(figure, best, worst, ends, words) -> None:
    standing = Standing(20, 1.0, 1.0, 1.0, best, worst)
    assert compare_words.rank(figure, standing, {"low": ends[0], "high": ends[1]}) == words


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("office@example.org", "mailto:office@example.org"),
        ("https://example.org/ask", "https://example.org/ask"),
        ("javascript:alert(1)", None),
        ("a@b.org?bcc=c@d.org", None),
        ("a@b.org\nBcc: c@d.org", None),
        ("", None),
        (None, None),
        (math.nan, None),
    ],
)
def test_a_contact_is_a_page_or_a_mail_address_and_nothing_else(address, link) -> None:
    assert compare_criteria.contact_address(address) == link


def test_the_way_to_ask_is_the_nearest_office_then_a_public_page() -> None:
    site = {"site_id": "1", "link": "https://example.org/list", "registry_url": "https://example.org/registry"}
    own, programme = {"1": "o@example.org", "": "p@example.org"}, {"": "p@example.org"}
    assert compare_criteria.route(site, own) == ("own", "mailto:o@example.org")
    assert compare_criteria.route(site, programme) == ("programme", "mailto:p@example.org")
    assert compare_criteria.route(site, {"": "javascript:alert(1)"}) == ("listing", "https://example.org/list")
    assert compare_criteria.route(site | {"link": None}, {})[0] == "registry"
    assert compare_criteria.route(site | {"link": "javascript:x", "registry_url": None}, {}) == ("none", None)


def test_the_rule_to_relax_is_one_that_brings_enough_peers() -> None:
    def told(without: dict) -> str:
        return compare_words.relax_sentence(Peers(("a",), without, {}, ()))

    assert told({"realm": 4, "size": 9, "region": 5}) == "Take back one rule: size (9 peers) or region (5 peers)."
    assert "No single rule brings 5 peers; without size there are 4" in told({"realm": 1, "size": 4})
    assert told({"realm": 1}) == "No single rule brings a peer. Take back two or more."


def curve(site_id: str, stations: int) -> pd.DataFrame:
    units = range(1, stations + 1)
    rows = [(site_id, unit, float(unit), unit - 0.5, unit + 0.5) for unit in units]
    return pd.DataFrame(rows, columns=CURVES)


def test_taxa_are_read_where_all_sites_with_enough_stations_have_as_many() -> None:
    curves = pd.concat([curve("a", 20), curve("b", 7), curve("c", 3), curve("d", 6)])
    stations, rows = taxa_rows(curves, ["a", "b", "c"])
    assert stations == 7, "d is not asked for, and c has too few to compare with"
    assert rows.set_index("site_id")["value"].dropna().to_dict() == {"a": 7, "b": 7}
    assert taxa_rows(curves, ["c"])[0] == 0
    assert taxa_rows(curves, ["nobody"])[1].empty


def network(count: int) -> pd.DataFrame:
    facts = {"realm": "marine", "is_oecm": False, "iucn_category": "II", "area_km2": 10.0, "region": "Asia"}
    names = [f"{HOSTILE} {place}" for place in range(count)]
    frame = pd.DataFrame({"site_id": [f"s{place}" for place in range(count)], "site_name": names})
    return frame.assign(**facts, phase="candidate", country="Fiji", has_cameras=True)


def comparison(count: int) -> compare.Comparison:
    """A site among many, whose rates are 0 to 9 per 100 nights again and again."""
    values = [float(place % 10) for place in range(count)]
    rows = pd.DataFrame({"figure": "rate", "site_id": [f"s{place}" for place in range(count)], "value": values})
    rows = rows.assign(low=rows["value"] - 0.5, high=math.inf, n=9, of="detections", missing="")[ROWS]
    return compare.compose(network(count), Measured(rows, curve("x", 1).head(0)), "s0", Rules(("realm",)))


def test_strips_of_very_many_peers_stay_small_and_lose_none() -> None:
    found = comparison(5_000)
    drawn = json.loads(charts_compare.strips(found, (RATE,), "light").to_json())
    ticks = drawn["data"][0]
    assert len(ticks["x"]) == 10
    assert sum("and 49" in text for text in ticks["text"]) == 10, "three named and 497 or 496 more"
    assert len(json.dumps(drawn)) < 20_000
    assert "<img" not in json.dumps(drawn)


def test_an_interval_without_end_is_cut_at_the_end_of_the_axis() -> None:
    drawn = charts_compare.strips(comparison(20), (RATE,), "dark")
    low, high = drawn.layout.xaxis.range
    site = drawn.data[1]
    assert site.x[0] + site.error_x.array[0] <= high
    assert site.x[0] - site.error_x.arrayminus[0] >= low
    assert compare_words.interval(RATE, comparison(20).own("rate")).endswith("to no limit")


def test_the_download_holds_every_site_and_no_formula() -> None:
    found = comparison(9)
    frame = found.rows.assign(site_name="=1+1")
    text = tables_compare.figures_csv(compare.Comparison(**{**found.__dict__, "rows": frame}), is_demo=True).decode(
        "utf-8-sig"
    )
    assert text.startswith("# Demo data")
    assert len(text.splitlines()) == 2 + 9
    assert ",'=1+1," in text
    assert ",=1+1" not in text


def test_every_figure_can_be_looked_up_and_says_how_it_is_computed() -> None:
    assert all(figure.metric.__doc__ and figure.name == name for name, figure in FIGURES.items())
    assert len({figure.short for figure in FIGURES.values()}) == len(FIGURES), "a heading of a table is used once"
    assert set(VALUES) <= set(ROWS)
    assert set(compare_words.RULE_WORDS) == set(peers.RULES) == set(compare_words.UNKNOWN_WORDS)
