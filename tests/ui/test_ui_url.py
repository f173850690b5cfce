"""Choices in the address bar: links restore them, unknown values are named, and the address stays short."""

import pytest
from streamlit.testing.v1 import AppTest

from ui.url import NONE


def script():
    import streamlit as st

    from ui import url

    chosen = url.many(st.pills, "Phase", ["a", "b", "c"], key="phase", default=["a", "b", "c"], selection_mode="multi")
    one = url.one(st.selectbox, "Site", ["x", "y", "z"], key="site", default="y", format_func=lambda s: f"{s}: 12 rows")
    way = url.one(st.segmented_control, "Colour", ["p", "s"], key="colour", default="p", format_func=str.upper)
    st.code(f"{chosen} {one} {way}")


def app(**link) -> AppTest:
    opened = AppTest.from_function(script, default_timeout=20)
    for key, value in link.items():
        opened.query_params[key] = value
    return opened.run()


def test_defaults_leave_the_address_empty():
    opened = app()
    assert opened.code[0].value == "['a', 'b', 'c'] y p"
    assert dict(opened.query_params) == {}


def test_link_restores_every_choice():
    opened = app(phase=["c", "a"], site="z", colour="s")
    assert opened.code[0].value == "['a', 'c'] z s"
    assert not opened.error


def test_choice_writes_the_option_and_not_its_label():
    opened = app()
    opened.selectbox(key="site").set_value("x").run()
    assert opened.query_params["site"] == "x"


def test_going_back_to_the_default_clears_the_address():
    opened = app(site="z")
    opened.selectbox(key="site").set_value("y").run()
    assert "site" not in opened.query_params


@pytest.mark.parametrize("value", ["q", "<script>", "", "none", "x" * 5_000])
def test_unknown_value_is_named_and_the_default_shown(value):
    opened = app(site=value)
    assert opened.code[0].value.endswith("y p")
    assert len(opened.error) == 1
    assert len(opened.error[0].value) < 300
    assert "site" not in opened.query_params


def test_known_values_beside_an_unknown_one_are_kept():
    opened = app(phase=["b", "q"])
    assert opened.code[0].value.startswith("['b']")
    assert "“q”" in opened.error[0].value


def test_no_option_at_all_is_kept_in_the_address():
    opened = app()
    opened.pills(key="phase").set_value([]).run()
    assert opened.query_params["phase"] == NONE
    assert app(phase=NONE).code[0].value.startswith("[]")


def test_back_button_changes_a_widget_that_is_already_there():
    opened = app(site="z")
    opened.query_params["site"] = "x"
    opened.run()
    assert opened.code[0].value == "['a', 'b', 'c'] x p"
    del opened.query_params["site"]
    opened.run()
    assert opened.code[0].value == "['a', 'b', 'c'] y p"
