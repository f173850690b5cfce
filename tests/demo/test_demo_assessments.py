"""The Green List assessments and the work plan of the invented network, as the real connectors read them."""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from connectors.base import Fetched, Notice, Read, Refusal, Rows, Source
from connectors.registry import connector
from data.settings import DEMO_JURISDICTIONS
from data.standards import GREEN_LIST, adapted, criterion_of, standard
from demo.assessments import JURISDICTIONS
from demo.network import ASSESSMENT_SOURCE, WORK_PLAN_SOURCE, network_toml
from demo.pipeline import listings
from demo.reefs import REEFS
from demo.server import DemoServer
from demo.sites import CAMERA_AREAS, camera_site, sites
from ingestion.templates import TEMPLATES
from metrics.phases import commitment_clock
from metrics.readiness import criterion_states, current_assessments, readiness_of_sites
from metrics.work_plan import item_states

TODAY = date(2026, 11, 22)
# The first day of a year and a leap day too: all days run from the first of the month.
DAYS = (TODAY, date(2027, 1, 1), date(2028, 2, 29))
PHASE_OF = {"Application": "application", "Candidate": "candidate"}
MOST_RATINGS = 35_000
NAMES = (ASSESSMENT_SOURCE, WORK_PLAN_SOURCE)
every_day = pytest.mark.parametrize("today", DAYS, ids=str)
every_source = pytest.mark.parametrize("name", NAMES)


class Pulled:
    """What the connectors make of the two sources as of one day."""

    def __init__(self, today: date, server: DemoServer, workspace: Path) -> None:
        self.today = today
        self._workspace = workspace
        self._blocks = {block["name"]: block for block in tomllib.loads(network_toml(server.url))["source"]}
        self.parts = cache(self._parts)
        self.rows = cache(self._rows)

    def fetch(self, name: str, cursor: dict[str, Any]) -> tuple[Source, Fetched]:
        block = self._blocks[name]
        source = Source(name, block["connector"], block["location"])
        folder = self._workspace / f"{self.today}-{name}-{len(list(self._workspace.iterdir()))}"
        folder.mkdir()
        return source, connector(source.connector).fetch(source, cursor, folder)

    def _parts(self, name: str) -> list[Any]:
        source, fetched = self.fetch(name, {})
        return list(connector(source.connector).parse(source, fetched.payloads))

    def _rows(self, table: str) -> pd.DataFrame:
        name = WORK_PLAN_SOURCE if table == "work_items" else ASSESSMENT_SOURCE
        (part,) = (part for part in self.parts(name) if isinstance(part, Rows) and part.table == table)
        return part.rows.to_pandas()

    def phases(self) -> dict[str, str]:
        """The phase of every site by the published list."""
        listed = {one.site.site_id: PHASE_OF.get(one.status, "green_list") for one in listings(self.today)}
        return {site.site_id: listed.get(site.site_id, "not_started") for site in sites()}

    def current(self) -> pd.DataFrame:
        return current_assessments(self.rows("assessments"), self.today).set_index("site_id")

    def ratings(self) -> pd.DataFrame:
        rows = self.rows("ratings")
        return rows.assign(criterion=rows["indicator_id"].map(criterion_of))

    def criteria_met(self, role: str) -> pd.Series:
        """Criteria met by assessment, as the role sees it, of the indicators that it rated."""
        found = readiness_of_sites(criterion_states(self.ratings(), list(standard().criteria), role))
        rated = self.ratings().loc[lambda rows: rows["role"].eq(role), "assessment_id"].unique()
        return found.set_index("assessment_id")["met"].loc[rated]


@pytest.fixture(scope="module")
def pulled_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with ExitStack() as servers:
        workspace = tmp_path_factory.mktemp("pull")
        yield cache(lambda today: Pulled(today, servers.enter_context(DemoServer(today)), workspace))


@pytest.fixture
def pulled(pulled_on) -> Pulled:
    return pulled_on(TODAY)


@every_day
@every_source
def test_every_row_of_assessments_and_work_plan_is_stored_without_a_word(pulled_on, name: str, today: date) -> None:
    parts = pulled_on(today).parts(name)
    assert [part for part in parts if isinstance(part, Refusal | Notice)] == []
    (read,) = (part.count for part in parts if isinstance(part, Read))
    stored = [part.rows.num_rows for part in parts if isinstance(part, Rows) and part.table != "assessments"]
    assert sum(stored) == read


@every_source
def test_the_same_month_sends_the_same_assessments_and_plan(pulled_on, pulled: Pulled, name: str) -> None:
    _, first = pulled.fetch(name, {})
    assert pulled.fetch(name, dict(first.cursor))[1].is_unchanged
    _, later = pulled_on(date(2026, 11, 30)).fetch(name, {})
    assert later.payloads[0].path.read_bytes() == first.payloads[0].path.read_bytes()


@pytest.mark.parametrize(("name", "template"), [(ASSESSMENT_SOURCE, "green_list"), (WORK_PLAN_SOURCE, "programme")])
def test_the_tables_have_the_columns_of_the_templates(pulled: Pulled, name: str, template: str) -> None:
    _, fetched = pulled.fetch(name, {})
    headings = fetched.payloads[0].path.read_text(encoding="utf-8").partition("\n")[0].strip().split(",")
    assert set(headings) < {column.name for column in TEMPLATES[template].columns}


@every_day
def test_every_site_has_an_assessment_of_its_phase_and_none_lies_ahead(pulled_on, today: date) -> None:
    pulled = pulled_on(today)
    assert pulled.current()["phase"].to_dict() == pulled.phases()
    days = pulled.rows("assessments")["assessed_on"]
    assert (days < today).all()
    assert (pd.Timestamp(today) - pd.to_datetime(days)).dt.days.between(1, 4 * 365 + 40).all()
    assert (pulled.ratings()["rated_on"] < today).all()
    assert len(pulled.ratings()) <= MOST_RATINGS


@every_day
def test_the_versions_of_a_site_form_a_chain_through_the_phases(pulled_on, today: date) -> None:
    pulled = pulled_on(today)
    order = {"not_started": 0, "application": 1, "candidate": 2, "green_list": 3}
    counts: dict[str, set[int]] = {}
    for site_id, versions in pulled.rows("assessments").groupby("site_id"):
        chain = versions.sort_values("assessed_on")
        assert chain["assessed_on"].is_unique
        assert chain["phase"].map(order).is_monotonic_increasing
        assert chain["supersedes"].fillna("").tolist() == ["", *chain["assessment_id"].iloc[:-1]]
        final = chain[chain["status"] != "draft"]
        assert set(final["status"].iloc[:-1]) <= {"superseded"}
        assert final["status"].iloc[-1] in ("submitted", "verified")
        assert chain["status"].iloc[: len(final)].tolist() == final["status"].tolist()
        counts.setdefault(pulled.phases()[site_id], set()).add(len(final))
    assert counts == {
        "green_list": {3, 4, 5, 6}, "candidate": {3, 4, 5, 6}, "application": {1, 2, 3}, "not_started": {1, 2},
    }  # fmt: skip
    assert 3 <= pulled.rows("assessments")["status"].eq("draft").sum() <= 30


def test_the_site_rates_always_and_others_only_the_newest_versions_of_candidates_and_listed(pulled: Pulled) -> None:
    assessments = pulled.rows("assessments")
    roles = pulled.ratings().groupby("assessment_id")["role"].agg(set)
    assert set(roles.index) == set(assessments["assessment_id"])
    final = assessments[assessments["status"] != "draft"].sort_values("assessed_on", ascending=False)
    age = final.groupby("site_id").cumcount()
    evaluated = final[final["assessment_id"].map(roles).map(len) > 1]
    assert set(evaluated["phase"]) == {"candidate", "green_list"}
    assert set(age.loc[evaluated.index]) == {0, 1}
    assert all("self" in named for named in roles)
    newest = final[age == 0].set_index("assessment_id")
    listed = newest.index[newest["phase"] == "green_list"]
    assert all(roles[one] == {"self", "expert_group", "reviewer"} for one in listed)
    assert all("expert_group" in roles[one] for one in newest.index[newest["phase"] == "candidate"])
    is_reviewed = newest.index.map(lambda one: "reviewer" in roles[one])
    assert (is_reviewed == (newest["status"] == "verified")).all()
    assert set(newest["status"]) == {"submitted", "verified"}


@every_day
def test_listed_sites_meet_all_criteria_and_others_as_many_as_their_phase_allows(pulled_on, today: date) -> None:
    pulled = pulled_on(today)
    current = pulled.current().reset_index().set_index("assessment_id")["phase"]
    for role in ("self", "expert_group", "reviewer"):
        met = pulled.criteria_met(role)
        by_phase = met[met.index.isin(current.index)].groupby(current).agg(["min", "max"])
        limits = {phase: (row["min"], row["max"]) for phase, row in by_phase.iterrows()}
        assert limits["green_list"] == ((16, 17) if role == "self" else (17, 17))
        assert 8 <= limits["candidate"][0] <= limits["candidate"][1] <= 16
        if role == "self":
            assert limits["application"] == (3, 10)
            assert limits["not_started"][1] < 10


def test_sites_meet_more_criteria_over_the_years_with_some_setbacks(pulled: Pulled) -> None:
    final = pulled.rows("assessments").loc[lambda rows: rows["status"] != "draft"].sort_values("assessed_on")
    final = final[final["phase"].isin(["application", "candidate", "green_list"])]
    met = final["assessment_id"].map(pulled.criteria_met("self")).groupby(final["site_id"])
    gained, steps = met.last() - met.first(), met.diff().dropna()
    assert (gained >= 0).mean() > 0.9
    assert gained[met.size() > 1].mean() > 2
    assert 0.03 < (steps < 0).mean() < 0.2


def test_some_ratings_are_not_known_and_few_do_not_apply(pulled: Pulled) -> None:
    rating = pulled.ratings()["rating"]
    assert 0.01 < rating.isna().mean() < 0.1
    assert 0 < rating.eq("not_applicable").sum() < 300
    assert set(rating.dropna()) == {"met", "partly", "not_met", "not_applicable"}


def test_the_expert_group_mostly_agrees_and_finds_partly_what_some_sites_call_met(pulled: Pulled) -> None:
    wide = pulled.ratings().pivot(index=["assessment_id", "indicator_id"], columns="role", values="rating")
    both = wide.dropna(subset=["self", "expert_group"])
    assert 0.9 < (both["self"] == both["expert_group"]).mean() < 0.999
    assert ((both["self"] == "met") & (both["expert_group"] == "partly")).sum() >= 20


def test_evidence_is_of_a_day_before_the_rating_and_files_have_a_hash(pulled: Pulled) -> None:
    ratings = pulled.ratings()
    attached = ratings.dropna(subset="evidence")
    assert 0.2 < len(attached) / len(ratings) < 0.6
    assert set(attached["role"]) == {"self"}
    assert attached["evidence"].str.startswith("https://example.org/").all()
    assert (attached["evidence_on"] < attached["rated_on"]).all()
    assert (attached["evidence_sha256"].notna() == attached["evidence"].str.endswith(".pdf")).all()
    assert attached["evidence_sha256"].dropna().is_unique
    assert ratings["note"].notna().any()


@every_day
def test_of_the_five_years_to_comply_some_are_over_and_some_nearly(pulled_on, today: date) -> None:
    current = pulled_on(today).current()
    clocks = [commitment_clock(row.committed_on, row.phase, today).state for row in current.itertuples()]
    states = pd.Series(clocks).groupby(current["phase"].to_numpy()).agg(set)
    assert states["candidate"] == states["application"] == {"current", "due_soon", "overdue"}
    assert (states["green_list"], states["not_started"]) == ({"listed"}, {"not_committed"})
    rows = pulled_on(today).rows("assessments")
    assert rows.groupby("site_id")["committed_on"].nunique().max() == 1
    is_committed = rows["phase"] != "not_started"
    assert (rows["committed_on"].notna() == is_committed).all()


def test_only_sites_of_two_countries_rate_adapted_indicators(pulled: Pulled) -> None:
    rows = pulled.rows("assessments").set_index("assessment_id")
    expected = rows["country_iso3"].where(rows["country_iso3"].isin(JURISDICTIONS))
    assert rows["jurisdiction"].fillna("").eq(expected.fillna("")).all()
    assert len(JURISDICTIONS) == 2
    rated = pulled.ratings().groupby("assessment_id")["indicator_id"].agg(set)
    generic = set(standard().indicators)
    for jurisdiction in JURISDICTIONS:
        known = adapted(GREEN_LIST, jurisdiction, TODAY, DEMO_JURISDICTIONS)
        assert known.jurisdiction == jurisdiction
        added = set(known.indicators) - generic
        own = rated[rows.index[rows["jurisdiction"].eq(jurisdiction).fillna(False)]]
        assert len(added) == 2
        assert added <= set.union(*own)
        assert not set.union(*own) & set(known.left_out)
        others = rated[rows.index[rows["jurisdiction"].ne(jurisdiction).fillna(True)]]
        assert not added & set.union(*others)


def test_every_jurisdiction_of_the_demo_has_a_file_that_fits_the_standard() -> None:
    written = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(DEMO_JURISDICTIONS.glob("*.toml"))]
    assert tuple(entry["jurisdiction"] for entry in written) == JURISDICTIONS
    assert all(entry["source"].startswith("https://example.org/") for entry in written)


def test_a_full_assessment_rates_every_known_indicator_and_every_criterion(pulled: Pulled) -> None:
    rows = pulled.rows("assessments").set_index("assessment_id")
    rated = pulled.ratings().groupby("assessment_id")["indicator_id"].agg(set)
    for assessment_id in rows.index[rows["phase"] != "not_started"]:
        known = set(standard().indicators) if rows["jurisdiction"].isna()[assessment_id] else set()
        assert known <= rated[assessment_id]
        assert {criterion_of(one) for one in rated[assessment_id]} == set(standard().criteria)


@every_day
def test_the_work_plan_is_of_the_pilots_and_its_items_stand_in_every_state(pulled_on, today: date) -> None:
    items = item_states(pulled_on(today).rows("work_items"), today)
    pilots = {camera_site(iso3).site_id for iso3 in CAMERA_AREAS} | {reef.site.site_id for reef in REEFS}
    assert set(items["site_id"]) == pilots
    milestones = items[items["kind"] == "milestone"]
    counts = milestones["state"].value_counts()
    assert set(counts.index) == {"done", "late", "due", "planned"}
    assert counts.min() >= 5
    is_done_late = milestones["state"].eq("done") & milestones["days_late"].gt(0)
    assert 5 <= is_done_late.sum() < counts["done"] / 2
    assert set(items.loc[items["kind"] == "priority", "state"]) == {"undated"}
    assert (pd.to_datetime(items["done_on"]).dropna() < pd.Timestamp(today)).all()


def test_every_pilot_has_two_or_three_solutions_with_three_to_five_milestones_in_order(pulled: Pulled) -> None:
    items = pulled.rows("work_items")
    solutions = items[items["kind"] == "solution"].set_index("item_id")
    assert set(solutions.groupby("site_id").size()) == {2, 3}
    milestones = items[items["kind"] == "milestone"]
    assert set(milestones["solution_id"]) == set(solutions.index)
    for solution_id, steps in milestones.groupby("solution_id"):
        assert 3 <= len(steps) <= 5
        assert steps["due_on"].is_monotonic_increasing
        assert steps["done_on"].isna().is_monotonic_increasing
        assert set(steps["site_id"]) == {solutions.loc[solution_id, "site_id"]}
        assert pd.isna(solutions.loc[solution_id, "done_on"]) == steps["done_on"].isna().any()
    assert {"1.3", "2.3", "3.2", "3.4", "3.7", "4.1"} == set(items["criterion"])
    assert items[["title", "owner"]].notna().all(axis=None)
    assert milestones["technology"].notna().all()
