"""The sources page over invented answers: states, reasons, advice, refused rows and who may see their values."""

from tests.pages import invented
from tests.pages.reading import labels_of, words_of


def test_counts_add_up_to_all_sources(open_page):
    figures = labels_of(open_page("sources"))
    assert (figures["Up to date"], figures["Late or stale"], figures["Down"]) == ("2 of 3", "0", "1")


def test_worst_source_comes_first_with_word_and_glyph(open_page):
    table = open_page("sources").dataframe[0].value
    assert table["source"].iloc[0] == "brant-cameras"
    assert table["light"].iloc[0] == ["✕ Down"]


def test_source_that_is_down_says_what_to_do(open_page):
    app = open_page("sources", source="brant-cameras")
    assert "no answer from" in app.error[0].value
    assert "it is tried again at the next pull" in app.info[0].value


def test_unknown_source_in_the_link_says_so(open_page):
    app = open_page("sources", source="nobody")
    assert "“nobody”" in app.error[0].value
    assert app.selectbox(key="source").value == "brant-cameras"


def test_refused_rows_come_with_reason_and_for_staff_with_their_value(open_page):
    shown = open_page("sources", role="staff", source="aldermere-cameras").dataframe[2].value
    assert shown["Reason"].tolist() == ["latitude is outside -90 to 90"]
    assert shown["Value"].tolist() == ["95.2"]


def test_public_reader_sees_where_a_row_stood_but_not_what_was_there(open_page):
    app = open_page("sources", source="aldermere-cameras")
    assert app.dataframe[2].value["Value"].isna().all()
    assert "What stood there, and why it was refused, is shown only to those who manage the site." in words_of(app)


def test_web_address_in_an_error_does_not_become_a_link(open_page):
    assert "http://" not in open_page("sources", source="brant-cameras").error[0].value.replace("\\", "")


def test_without_sources_the_page_says_how_to_add_one(open_page, answers):
    answers["sources"] = lambda *asked: invented.sources().head(0)
    assert "No source is configured" in words_of(open_page("sources"))
