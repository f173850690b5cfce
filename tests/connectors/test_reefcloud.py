"""The dashboard of ReefCloud: modelled figures that say so, asked for tier by tier, and nothing that is not public."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Fetched, Parsed, Refusal, Source
from connectors.errors import NothingThere, SourceChanged, SourceRefused
from connectors.reefcloud import ReefCloud
from tests.conftest import Reply, Request, Serve
from tests.connectors import registry_answers

BASE = "/reefcloud/dashboard-api"


def part(kind: str, median: Any, low: Any = 0, high: Any = 100, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "low": low, "mean": median, "median": median, "high": high, **fields}


def survey(*parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    shared = {"date": "2023-01-01", "depth": "no_depth", "tier_level": 4, "public": True}
    return {**shared, "compositions": list(parts or (part("HARD CORAL", 33.0),)), **fields}


class Dashboard:
    """Tiers and sites with their surveys, by id."""

    def __init__(self, *surveys: dict[str, Any], **places: dict[str, Any]) -> None:
        self.surveys = {"1705": list(surveys)}
        self.places = {"tiers/1705": {"name": "Invented Shelf", "contributors": ["An Inventor"]}, **places}
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        path = request.path.removeprefix(f"{BASE}/")
        known = {**self.places, **{f"surveys/{key}": surveys for key, surveys in self.surveys.items()}}
        return reply({"data": known[path]}) if path in known else Reply(status=404)


def reply(answer: Any) -> Reply:
    return Reply(json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


class Pull:
    def __init__(self, location: str, workspace: Path, cursor: Any = None, site: Any = "555000001", **options: Any):
        workspace.mkdir(exist_ok=True)
        self.source = Source("reefs", "reefcloud", location, site=site, options=options or {"tiers": [1705]})
        self.fetched: Fetched = ReefCloud().fetch(self.source, cursor or {}, workspace)
        self.parsed: list[Parsed] = list(ReefCloud().parse(self.source, self.fetched.payloads))
        self.figures = dict(ReefCloud().figures(self.source, self.fetched.payloads))

    @property
    def rows(self) -> list[dict[str, Any]]:
        return registry_answers.rows(self.parsed, "reef_surveys")

    @property
    def notices(self) -> str:
        return registry_answers.notices(self.parsed)

    @property
    def refused(self) -> list[str]:
        return [item.field for item in self.parsed if isinstance(item, Refusal)]

    @property
    def stored(self) -> str:
        return "".join(payload.path.read_text() for payload in self.fetched.payloads) + repr(self.parsed)


def test_a_figure_is_the_median_with_its_credible_interval_and_says_that_it_is_modelled(
    serve: Serve, tmp_path: Path
) -> None:
    hard = {"type": "HARD CORAL", "low": 21.5, "mean": 30.4, "median": 30.0, "high": 40.5}
    place = {"name": "Invented Shelf", "site_latitude": "-8.5", "site_longitude": 122.5}
    row = Pull(serve(Dashboard(survey(hard), **{"tiers/1705": place})), tmp_path).rows[0]
    assert (row["value"], row["value_low"], row["value_high"]) == (30.0, 21.5, 40.5)
    assert (row["labelled_by"], row["metric"], row["station"]) == ("model", "hard_coral_pct", "Invented Shelf")
    assert (row["surveyed_on"], row["latitude"], row["longitude"]) == (date(2023, 1, 1), -8.5, 122.5)
    assert "model" in row["method"]
    assert "tier 4" in row["method"]
    assert row["sample_units"] is row["points"] is row["value_sd"] is None


def test_the_five_covers_are_read_and_other_compositions_are_named_once(serve: Serve, tmp_path: Path) -> None:
    kinds = ["HARD CORAL", "SOFT CORAL", "MACROALGAE", "TURF ALGAE", "CRUSTOSE CORALLINE ALGAE", "CYANOBACTERIA"]
    parts = [part(kind, 10.0 + place) for place, kind in enumerate(kinds)]
    pulled = Pull(serve(Dashboard(survey(*parts), survey(*parts, date="2024-01-01"))), tmp_path)
    first = {row["metric"]: row["value"] for row in pulled.rows if row["surveyed_on"] == date(2023, 1, 1)}
    assert first == {
        "hard_coral_pct": 10,
        "soft_coral_pct": 11,
        "macroalgae_pct": 12,
        "turf_algae_pct": 13,
        "coralline_algae_pct": 14,
    }
    assert pulled.notices.count("CYANOBACTERIA") == 1


def test_depth_bands_are_kept_apart_and_lt_means_shallow(serve: Serve, tmp_path: Path) -> None:
    depths = {"deep_gt_5m": 20.0, "deep_lt_5m": 40.0, "no_depth": 30.0}
    surveys = [survey(part("HARD CORAL", cover), depth=depth) for depth, cover in depths.items()]
    rows = Pull(serve(Dashboard(*surveys)), tmp_path).rows
    assert len({row["survey_id"] for row in rows}) == len({row["method"] for row in rows}) == 3
    by_value = {row["value"]: row["method"] for row in rows}
    assert "shallower than 5 m" in by_value[40.0]
    assert "deeper than 5 m" in by_value[20.0]
    assert "5 m" not in by_value[30.0]


def test_a_survey_that_does_not_say_whether_it_is_public_is_read(serve: Serve, tmp_path: Path) -> None:
    silent = survey()
    del silent["public"]
    assert [row["value"] for row in Pull(serve(Dashboard(silent)), tmp_path).rows] == [33.0]


@pytest.mark.parametrize("public", [False, None, 0, 1, "false", "true", "", []])
def test_figures_that_are_not_public_are_never_stored(serve: Serve, tmp_path: Path, public: Any) -> None:
    hidden = survey(part("HARD CORAL", 61.25), public=public, date="2024-01-01")
    pulled = Pull(serve(Dashboard(survey(), hidden)), tmp_path)
    assert [row["value"] for row in pulled.rows] == [33.0]
    assert "1 surveys are not public" in pulled.notices
    assert "61.25" not in pulled.stored


def test_contributors_are_never_stored(serve: Serve, tmp_path: Path) -> None:
    assert "Inventor" not in Pull(serve(Dashboard(survey())), tmp_path).stored


def test_wrong_values_are_refused_one_by_one(serve: Serve, tmp_path: Path) -> None:
    wrong = [
        survey(part("HARD CORAL", 101)),
        survey(part("HARD CORAL", None), part("SOFT CORAL", "5.5", low=None, high=None), date="2024-01-01"),
        survey(date="last year"),
        survey(part("HARD CORAL", [3]), date="2025-01-01"),
    ]
    pulled = Pull(serve(Dashboard(*wrong)), tmp_path)
    assert pulled.refused == ["HARD CORAL.median", "HARD CORAL.median", "date", "HARD CORAL.median"]
    assert [(row["metric"], row["value"], row["value_low"]) for row in pulled.rows] == [("soft_coral_pct", 5.5, None)]


def test_a_figure_that_comes_twice_is_stored_once(serve: Serve, tmp_path: Path) -> None:
    pulled = Pull(serve(Dashboard(survey(), survey(part("HARD CORAL", 50)))), tmp_path)
    assert [row["value"] for row in pulled.rows] == [33.0]
    assert "1 figures came more than once" in pulled.notices


def test_a_site_is_asked_for_as_one_and_names_that_repeat_are_told_apart(serve: Serve, tmp_path: Path) -> None:
    service = Dashboard(survey(), **{f"sites/{key}": {"site_name": "Site 1", "site_latitude": -8.4} for key in (7, 8)})
    service.surveys |= {key: [survey(tier_level=6)] for key in "78"}
    site = {"1705": "555000001", "7": "555000002", "Site 1": "555000003"}
    pulled = Pull(serve(service), tmp_path, site=site, tiers="1705", sites=["7", 8])
    stations = {row["station"]: row["site_id"] for row in pulled.rows}
    assert stations == {"Invented Shelf": "555000001", "Site 1 (7)": "555000002", "Site 1 (8)": "555000003"}
    assert [request.path.removeprefix(BASE) for request in service.asked] == [
        "/tiers/1705",
        "/surveys/1705",
        "/sites/7",
        "/surveys/7",
        "/sites/8",
        "/surveys/8",
    ]
    assert all("Authorization" not in request.headers for request in service.asked)


def test_a_tier_without_a_configured_site_is_refused(serve: Serve, tmp_path: Path) -> None:
    pulled = Pull(serve(Dashboard(survey())), tmp_path, site={"elsewhere": "1"})
    assert (pulled.rows, pulled.refused) == ([], ["site"])


def test_the_check_gives_the_figures_that_all_reef_connectors_give(serve: Serve, tmp_path: Path) -> None:
    surveys = [
        survey(part("HARD CORAL", 20.0), part("MACROALGAE", 5.0)),
        survey(part("HARD CORAL", 40.0), date="2024-01-01"),
    ]
    assert Pull(serve(Dashboard(*surveys)), tmp_path).figures == {
        "stations": 1,
        "surveys": 2,
        "images": None,
        "points": None,
        "hard_coral_pct_mean": 30.0,
        "first": "2023-01-01",
        "last": "2024-01-01",
        "unmatched_labels": [],
    }


def test_the_base_address_may_be_given_with_or_without_its_path(serve: Serve, tmp_path: Path) -> None:
    location = serve(Dashboard(survey()))
    assert Pull(f"{location}{BASE}/", tmp_path / "a").rows == Pull(location, tmp_path / "b").rows


def test_nothing_is_pulled_again_until_a_figure_changes(serve: Serve, tmp_path: Path) -> None:
    service = Dashboard(survey(id=1))
    location = serve(service)
    first = Pull(location, tmp_path / "1").fetched
    service.surveys["1705"][0]["id"] = 2
    assert Pull(location, tmp_path / "2", first.cursor).fetched.is_unchanged
    service.surveys["1705"][0]["compositions"][0]["median"] = 34.0
    assert not Pull(location, tmp_path / "3", first.cursor).fetched.is_unchanged


def test_a_tier_that_is_not_there_needs_a_person(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(NothingThere, match="tiers/99"):
        Pull(serve(Dashboard(survey())), tmp_path, tiers=[99])


def test_no_survey_at_all_does_not_retire_every_survey(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no survey"):
        Pull(serve(Dashboard()), tmp_path)


@pytest.mark.parametrize("answer", [{"error": "x"}, {"data": "x"}, {"data": [1]}, {"data": [{"date": "2023-01-01"}]}])
def test_an_answer_of_another_shape_is_a_changed_source(serve: Serve, tmp_path: Path, answer: Any) -> None:
    service = Dashboard(survey())
    with pytest.raises(SourceChanged, match="surveys/1705"):
        Pull(serve(lambda request: reply(answer) if "surveys" in request.path else service(request)), tmp_path)


@pytest.mark.parametrize(
    "options", [{"tiers": [1.5]}, {"sites": ["../users"]}, {"tiers": [True]}, {"tiers": {}}, {"sites": []}]
)
def test_a_wrong_option_is_refused_before_anything_is_asked(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(SourceRefused, match=next(iter(options))):
        Pull("http://127.0.0.1:9", tmp_path, **options)
