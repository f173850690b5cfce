"""One pull of several sources: what is stored, what is said, and that one source's trouble is its own."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from connectors.base import Refusal, Source
from connectors.errors import SourceChanged, SourceRefused, SourceUnavailable
from data import engine, queries
from data.access import Viewer
from data.raw import RawStore
from data.store import Store
from data.upsert import LARGE_LOSS_ROWS
from ingestion.network import Network, NetworkError
from ingestion.pull import Outcome, Progress, pull
from tests.data.invented import Row, contents, detection, moment
from tests.ingestion.fakes import RAW_LINE, Scripted

STAFF = Viewer("staff")
MAY = moment("2024-05-10T08:00:00")
SITE = {"id": "990000001", "name": "Two Valleys"}


def _source(name: str, connector: str = "scripted", **fields: object) -> Source:
    return Source(name, connector, f"/{name}", site="990000001", **fields)


def _rows(*ids: str, **fields: object) -> list[Row]:
    return [detection(name, MAY, **fields) for name in ids]


def _pull(store_url: str, *sources: Source, sites: Sequence[Row] = (), **options: object) -> dict[str, Outcome]:
    outcomes = pull(Network(sources, tuple(sites)), store_url, **options)
    return {outcome.source.name: outcome for outcome in outcomes}


def _ids(store_url: str) -> list[str]:
    return [row["detection_id"] for row in contents(Store(store_url), "detections")]


def _runs(store_url: str) -> pd.DataFrame:
    view = engine.latest(store_url)
    return view.run(view.table("runs").order_by("started_at"))


def test_rows_their_run_and_their_figures_are_stored(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = _rows("a", "b")
    outcome = _pull(store_url, _source("north"))["north"]
    assert (outcome.outcome, outcome.rows_read, outcome.stored, outcome.refused) == ("stored", 2, 2, 0)
    assert _ids(store_url) == ["a", "b"]
    (run,) = _runs(store_url).to_dict("records")
    assert (run["source"], run["outcome"], run["rows_stored"]) == ("north", "stored", 2)
    assert run["warnings"] == "the clock of one camera is wrong"
    assert engine.latest(store_url).run(engine.latest(store_url).table("site_days"))["detections"].tolist() == [2]


def test_the_answer_is_kept_as_received(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = _rows("a")
    _pull(store_url, _source("north"))
    answers = json.loads(_runs(store_url)["answers"].iloc[0])
    assert set(answers) == {"answer.json"}
    assert json.loads(RawStore(store_url).read(answers["answer.json"]))[0]["detection_id"] == "a"


@pytest.mark.parametrize(
    ("error", "outcome", "said", "advice"),
    [
        (SourceUnavailable("no answer"), "unavailable", "no answer", SourceUnavailable.advice),
        (SourceRefused("the key is wrong", "Set the key."), "refused", "the key is wrong", "Set the key."),
        (SourceChanged("no field x"), "changed", "no field x", SourceChanged.advice),
        (ZeroDivisionError("by zero"), "failed", "bad: ZeroDivisionError while reading it", "Report it"),
    ],
)
def test_trouble_with_one_source_is_told_and_stops_no_other(
    scripted: Scripted, store_url: str, error: Exception, outcome: str, said: str, advice: str
) -> None:
    scripted.answers |= {"bad": _rows("old"), "good": _rows("a")}
    _pull(store_url, _source("bad"), _source("good"))
    scripted.answers |= {"bad": error, "good": _rows("a", "b")}
    outcomes = _pull(store_url, _source("bad"), _source("good"))
    assert (outcomes["bad"].outcome, outcomes["good"].outcome) == (outcome, "stored")
    assert outcomes["bad"].error == said
    assert advice in outcomes["bad"].advice
    assert _ids(store_url) == ["a", "b", "old"]
    assert _runs(store_url)["outcome"].tolist().count(outcome) == 1


def test_refused_rows_are_stored_with_reason_and_raw_text(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = [*_rows("good"), *_rows("bad", individual_count=0)]
    scripted.refusals["north"] = [Refusal("detections", 9, "eventStart", "soon", "it is not a date", "9;soon")]
    assert _pull(store_url, _source("north"))["north"].refused == 2
    assert _ids(store_url) == ["good"]
    refused = queries.refused(engine.latest(store_url), STAFF, "north").to_dict("records")
    assert [(row["row"], row["field"], row["value"], row["reason"], row["raw"]) for row in refused] == [
        (2, "individual_count", "0", "is below 1 individuals", f"{RAW_LINE}: bad"),
        (9, "eventStart", "soon", "it is not a date", "9;soon"),
    ]


def test_a_row_with_the_key_of_another_is_refused(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = [*_rows("a"), *_rows("a", behavior="grazing"), *_rows("a")]
    outcome = _pull(store_url, _source("north"))["north"]
    assert (outcome.stored, outcome.unchanged, outcome.refused) == (1, 1, 1)
    (row,) = queries.refused(engine.latest(store_url), STAFF, "north").to_dict("records")
    assert (row["row"], row["value"]) == (2, "a")
    assert "grazing" in row["raw"]


def test_refused_rows_are_those_of_the_last_pull_of_a_whole_source(scripted: Scripted, store_url: str) -> None:
    for number in (2, 1, 0):
        scripted.answers["north"] = [*_rows("good"), *_rows(*"xyz"[:number], level="wrong")]
        scripted.answers["south"] = _rows("s", level="wrong")
        _pull(store_url, _source("north"), _source("south"))
        view = engine.latest(store_url)
        assert len(queries.refused(view, STAFF, "north")) == number
        assert len(queries.refused(view, STAFF, "south")) == 1


def test_the_next_pull_starts_where_the_last_good_one_ended(scripted: Scripted, store_url: str) -> None:
    source = _source("north")
    for answer in (_rows("a", "b"), SourceUnavailable("down"), None, _rows("a")):
        scripted.answers["north"] = answer
        _pull(store_url, source)
    assert [cursor for _, cursor in scripted.asked] == [{}, {"rows": 2}, {"rows": 2}, {"rows": 2}]
    assert _runs(store_url)["cursor"].isna().tolist() == [False, True, False, False]


def test_another_configuration_or_again_reads_everything(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = _rows("a")
    _pull(store_url, _source("north"))
    _pull(store_url, _source("north", licence="CC0", sharing="public"))
    _pull(store_url, _source("north", options={"time_zone": "Asia/Shanghai"}))
    _pull(store_url, _source("north", options={"time_zone": "Asia/Shanghai"}), again=True)
    assert [cursor for _, cursor in scripted.asked] == [{}, {"rows": 1}, {}, {}]


def test_a_second_pull_of_the_same_writes_nothing_but_its_run(scripted: Scripted, store_url: str) -> None:
    scripted.answers |= {"north": _rows("a", "b"), "south": _rows("s", level="wrong")}
    sources = _source("north"), _source("south")
    _pull(store_url, *sources, sites=[SITE])
    first = Store(store_url).latest()
    scripted.answers["south"] = None
    outcomes = _pull(store_url, *sources, sites=[SITE])
    second = Store(store_url).latest()
    assert (outcomes["north"].stored, outcomes["north"].unchanged) == (0, 2)
    assert outcomes["south"].outcome == "unchanged"
    assert {name for name in second.tables if second.tables[name] != first.tables.get(name)} <= {"runs", "refused"}
    assert len(_runs(store_url)) == 4
    assert len(queries.refused(engine.latest(store_url), STAFF, "south")) == 1


def test_rows_that_a_whole_source_no_longer_sends_are_retired(scripted: Scripted, store_url: str) -> None:
    scripted.answers |= {"north": _rows("a", "b"), "south": _rows("c", "d")}
    _pull(store_url, _source("north"), _source("south", "repeating"))
    scripted.answers |= {"north": _rows("b"), "south": _rows("d")}
    outcomes = _pull(store_url, _source("north"), _source("south", "repeating"))
    assert (outcomes["north"].retired, outcomes["south"].retired) == (1, 0)
    assert _ids(store_url) == ["b", "c", "d"]
    assert queries.site_totals(engine.latest(store_url), STAFF, "990000001", MAY.date())["detections"] == 3


def test_a_source_that_loses_most_rows_waits_for_a_person(scripted: Scripted, store_url: str) -> None:
    many = [f"{n}" for n in range(2 * LARGE_LOSS_ROWS + 1)]
    scripted.answers["north"] = _rows(*many)
    _pull(store_url, _source("north"))
    scripted.answers["north"] = _rows("0")
    outcome = _pull(store_url, _source("north"))["north"]
    assert (outcome.outcome, outcome.stored, outcome.retired) == ("changed", 0, 0)
    assert "200 of 201 rows in detections are no longer sent" in outcome.error
    assert "--source 'north' --accept-loss" in outcome.advice
    assert len(_ids(store_url)) == 201
    assert _pull(store_url, _source("north"), accept_loss=True)["north"].retired == 200


def test_only_the_named_source_is_pulled(scripted: Scripted, store_url: str) -> None:
    scripted.answers |= {"north": _rows("a"), "south": _rows("b")}
    assert set(_pull(store_url, _source("north"), _source("south"), only="south")) == {"south"}
    assert _ids(store_url) == ["b"]
    assert set(queries.sources(engine.latest(store_url), STAFF, date(2026, 1, 1))["source"]) == {"north", "south"}


def test_progress_is_told_from_none_to_all(scripted: Scripted, store_url: str) -> None:
    scripted.answers |= {"north": _rows("a"), "south": SourceUnavailable("down")}
    told: list[Progress] = []
    _pull(store_url, _source("north"), _source("south"), on_progress=told.append)
    assert [(progress.done, progress.total) for progress in told] == [(0, 2), (1, 2), (2, 2)]
    assert {progress.label for progress in told[1:]} == {"north", "south"}


def test_outcomes_come_in_the_order_of_the_file(scripted: Scripted, store_url: str) -> None:
    names = ["c", "a", "b"]
    scripted.answers |= {name: _rows(name) for name in names}
    assert list(_pull(store_url, *map(_source, names))) == names


def test_a_pull_leaves_no_downloads_behind(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = _rows("a")
    (Path(store_url) / ".work" / "0").mkdir(parents=True)
    (Path(store_url) / ".work" / "0" / "left over").write_text("by a stopped pull")
    _pull(store_url, _source("north"))
    assert not (Path(store_url) / ".work").exists()


def test_a_source_that_is_no_longer_configured_is_not_shown(scripted: Scripted, store_url: str) -> None:
    scripted.answers |= {"north": _rows("a"), "south": _rows("b")}
    _pull(store_url, _source("north", sharing="public"), _source("south", sharing="public"))
    _pull(store_url, _source("south", sharing="public"))
    public = queries.site_totals(engine.latest(store_url), Viewer(), "990000001", MAY.date() + timedelta(days=400))
    assert public["detections"] == 1


def test_sites_of_the_file_are_stored_changed_and_taken_away_with_it(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = _rows("a")
    for sites in ([SITE], [{**SITE, "name": "Three Valleys", "latitude": 47.0, "longitude": 11.5}], []):
        _pull(store_url, _source("north"), sites=sites)
        shown = queries.sites(engine.latest(store_url), Viewer(), MAY.date())
        assert shown["site_name"].tolist() == [one["name"] for one in sites]


def test_a_site_that_cannot_be_is_refused_with_its_place(scripted: Scripted, store_url: str) -> None:
    wrong = {**SITE, "latitude": 91.0, "longitude": 0.0}
    with pytest.raises(NetworkError, match=r"site 2: latitude '91.0' is above 90"):
        _pull(store_url, sites=[SITE, wrong])
    assert Store(store_url).latest() is None


def test_an_embargo_of_hours_is_not_forgotten(scripted: Scripted, store_url: str) -> None:
    scripted.answers["north"] = _rows("a")
    _pull(store_url, _source("north", embargo=timedelta(hours=36)))
    assert queries.sources(engine.latest(store_url), STAFF, date(2026, 1, 1))["embargo_days"].tolist() == [2]
