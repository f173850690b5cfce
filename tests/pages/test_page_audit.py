"""What readers of the pages hand in and take out is a line of the audit log, under their role."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data import audit
from data.access import Viewer
from ingestion import submissions
from tests.pages import invented
from tests.pages import invented_assessments as given
from tests.pages.reading import words_of
from ui import audited
from ui.scope import Scope

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "audit"))
    monkeypatch.setattr(audit, "_strangers", audit._Strangers())
    return tmp_path / "audit"


REPORT = submissions.Checked(
    "evil.csv",
    "0" * 64,
    pd.DataFrame(columns=submissions.COLUMNS),
    pd.DataFrame(columns=["assessment_id", "site_id", "assessed_on", "assessed_year", "ratings"]),
    (),
    ("The file is not a text file.",),
)


def test_a_file_that_is_handed_in_is_one_line_though_it_is_refused(
    open_page: Open, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submissions, "check", lambda *asked: REPORT)
    app = open_page("assess", "reviewer", site=given.CANDIDATE)
    app.file_uploader[0].set_value(("evil.csv", b"\x00\x01", "text/csv")).run()
    assert "not a text file" in words_of(app)
    app.run()
    (line,) = audit.entries(log)
    assert (line["event"], line["role"], line["outcome"]) == ("upload", "reviewer", "refused")
    assert line["sha256"] == hashlib.sha256(b"\x00\x01").hexdigest()
    assert "evil" not in str(line)


def test_a_rating_of_a_reviewer_is_a_line(open_page: Open, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "review", lambda *asked: submissions.Stored("refused", "No.", "1" * 64))
    app = open_page("assess", "reviewer", site=given.CANDIDATE)
    app.radio(key="review_rating").set_value("met")
    next(button for button in app.button if button.label == "Store this rating").click().run()
    (line,) = audit.entries(log)
    assert (line["event"], line["sites"], line["outcome"]) == ("review", [given.CANDIDATE], "refused")


def test_a_download_is_a_line_each_time_it_is_taken(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audited, "name_of", lambda scope: "ana@example.org")
    scope = Scope("store", invented.VIEW, Viewer("partner"), invented.NOW, False)
    make = audited.given(scope, lambda: b"bytes", tables=["reefs.csv"], format="csv")
    assert list(audit.entries(log)) == []
    assert [make(), make()] == [b"bytes", b"bytes"]
    told = [(line["event"], line["account"], line["role"], line["tables"]) for line in audit.entries(log)]
    assert told == [("download", "ana@example.org", "partner", ["reefs.csv"])] * 2


@pytest.mark.parametrize(("role", "is_told"), [("staff", True), ("public", False), ("reviewer", False)])
def test_staff_learn_that_lines_are_lost(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, role: str, is_told: bool
) -> None:
    (tmp_path / "blocked").touch()
    monkeypatch.setenv(audit.FOLDER_VARIABLE, str(tmp_path / "blocked" / "audit"))
    audit.record("sign_in", "ana@example.org")
    app = open_page("sources", role)
    assert not app.exception
    assert ("audit log cannot be written" in words_of(app) + "".join(one.value for one in app.error)) is is_told
    monkeypatch.setattr(audit, "_trouble", "")
