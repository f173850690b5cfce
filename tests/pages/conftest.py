"""The whole app over invented answers of the data layer, without a store and without a browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import queries, settings
from ingestion import ledger_now
from tests.pages import (
    invented,
    invented_assessments,
    invented_comparison,
    invented_impact,
    invented_ledger,
    invented_merged,
    invented_movement,
    invented_reefs,
    invented_warning,
    invented_wildlife,
    invented_work_plan,
)
from ui import scope

SHELL = Path(__file__).parent.parent.parent / "ui" / "shell.py"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict:
    """The answers of the queries; a test may replace one of them before it opens the app."""
    rooms = (
        invented,
        invented_wildlife,
        invented_movement,
        invented_warning,
        invented_reefs,
        invented_assessments,
        invented_work_plan,
        invented_comparison,
        invented_impact,
        invented_merged,
        invented_ledger,
    )
    replies = {question: answer for room in rooms for question, answer in room.answers().items()}
    for question in replies:
        monkeypatch.setattr(queries, question, lambda *asked, q=question: replies[q](*asked), raising=True)
    monkeypatch.setattr(scope, "latest_view", lambda: invented.VIEW)
    monkeypatch.setattr(scope, "now", lambda: invented.NOW)
    monkeypatch.setattr(settings, "is_demo", lambda: True)
    monkeypatch.setattr(settings, "preparation", lambda: None, raising=False)
    monkeypatch.setattr(ledger_now, "ledgers", lambda: [invented_ledger.Source()])
    monkeypatch.setattr(ledger_now, "check_now", invented_ledger.check_now)
    monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
    st.cache_data.clear()
    st.cache_resource.clear()
    return replies


@pytest.fixture
def open_page(answers: dict) -> Callable[..., AppTest]:
    """Opens a page by its name as a first visitor with this link and theme, and in the demo with this role."""

    def opened(name: str, role: str = "public", theme: str = "light", **link: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=20)
        app.context = {"theme": theme, "locale": "en-GB", "url": "http://localhost/"}
        app.session_state["view_as"] = role
        app.run()
        if name != "overview":
            app.switch_page(f"../pages/{name}.py")
        for key, value in link.items():
            app.query_params[key] = value
        return app.run()

    return opened
