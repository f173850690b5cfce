"""What the page Readiness says: how far each site is, what holds sites back, what is due, and what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from exports.criteria import CRITERIA, TOOL, states_of
from metrics import phases, readiness
from metrics.result import Result

QUARTER = timedelta(days=91)
CERTIFICATE = pd.DateOffset(years=5)
COUNTED = ("met", "not_met", "unknown")
IN_PROCESS = ("application", "candidate", "green_list")
ORDERS = {"most": "Most criteria met", "fewest": "Fewest criteria met", "name": "Name", "oldest": "Oldest assessment"}


@dataclass(frozen=True)
class Network:
    """The whole network as one role rates it.

    `sites` has a row per site with its assessment that holds today, if any; `cells` the state of each criterion by
    site; `held_back` counts them over the sites in the process that are not listed; `changed` are the criteria that
    another assessment found otherwise a quarter ago; `waits` the share of sites still in each phase by months.
    """

    sites: pd.DataFrame
    cells: pd.DataFrame
    held_back: pd.DataFrame
    changed: pd.DataFrame
    deadlines: pd.DataFrame
    waits: pd.DataFrame
    months: Mapping[str, Result]

    @property
    def ready(self) -> int:
        return int(self.sites["is_ready"].sum())

    @property
    def assessed(self) -> int:
        return int(self.sites["assessment_id"].notna().sum())

    @property
    def rated(self) -> int:
        """Sites of which this role has rated enough to tell any criterion."""
        return int((self.sites["met"].fillna(0) + self.sites["not_met"].fillna(0)).gt(0).sum())


def network(
    sites: pd.DataFrame,
    assessments: pd.DataFrame,
    ratings: pd.DataFrame,
    ratings_before: pd.DataFrame,
    role: str,
    today: date,
    folder: Path,
) -> Network:
    """Everything that the page says.

    Takes what `queries.sites` and `assessments` give, and `ratings` of today and of a quarter ago.
    """
    current = readiness.current_assessments(assessments, today)
    states = states_of(current, ratings, role, folder)
    held_before = readiness.current_assessments(assessments, today - QUARTER)
    before = states_of(held_before, ratings_before, role, folder)
    rows = _with_readiness(sites, current, states)
    in_process = rows.loc[rows["phase"].isin(["application", "candidate"]), "site_id"]
    stays = spells(assessments, sites, today)
    names = rows.set_index("site_id")["site_name"]
    changed = readiness.what_changed(before, states)
    due = phases.deadlines(rows[["site_id", "phase", "committed_on", "expires_on"]], today)
    return Network(
        sites=rows,
        cells=states.pivot_table(index="site_id", columns="criterion", values="state", aggfunc="first"),
        held_back=readiness.criteria_over_sites(states[states["site_id"].isin(in_process)], CRITERIA),
        changed=changed.assign(site_name=changed["site_id"].map(names)),
        deadlines=due.assign(site_name=due["site_id"].map(names)),
        waits=phases.time_in_phase(stays, today),
        months={phase: phases.months_in_phase(stays, today, phase) for phase in phases.WAITING_PHASES},
    )


def found(
    sites: pd.DataFrame, wanted_phases: tuple[str, ...], regions: tuple[str, ...], words: str, order: str
) -> pd.DataFrame:
    """The sites that pass the filters, in one of `ORDERS`; those that nobody assessed come last."""
    keep = sites["phase"].isin(wanted_phases) & sites["assessment_id"].notna()
    if regions:
        keep &= sites["region"].isin(regions)
    if words.strip():
        text = sites["site_name"] + " " + sites["country"].fillna("") + " " + sites["site_id"]
        keep &= text.str.contains(words.strip(), case=False, regex=False)
    column = {"most": "met", "fewest": "met", "name": "site_name", "oldest": "day"}[order]
    shown = sites[keep].sort_values("site_name", kind="stable")
    return shown.sort_values(column, ascending=order != "most", kind="stable", na_position="last", ignore_index=True)


def by_phase(rows: pd.DataFrame) -> dict[str, tuple[int, int, float | None]]:
    """For each phase: its sites, how many of them this role has rated, and the median of their criteria met."""
    told = rows["met"].fillna(0) + rows["not_met"].fillna(0) > 0
    result = {}
    for phase in ("not_started", *IN_PROCESS):
        here = rows["phase"].eq(phase)
        median = rows.loc[here & told, "met"].median()
        result[phase] = (int(here.sum()), int((here & told).sum()), None if pd.isna(median) else float(median))
    return result


def spells(assessments: pd.DataFrame, sites: pd.DataFrame, today: date) -> pd.DataFrame:
    """The stays in phases, from the phases that assessments were made in and the one that is published today."""
    made = assessments[assessments["tool"].eq(TOOL) & assessments["phase"].notna() & assessments["assessed_on"].notna()]
    made = made.rename(columns={"assessed_on": "seen_on"})[["site_id", "phase", "seen_on"]]
    now = sites.loc[sites["phase"].isin(IN_PROCESS), ["site_id", "phase", "expires_on"]]
    # A certificate runs five years, so its end tells when the site was listed; the wait before ended then.
    listed = pd.to_datetime(now["expires_on"]).where(now["phase"].eq("green_list")) - CERTIFICATE
    last_made = made.groupby("site_id")["seen_on"].max().reindex(now["site_id"]).set_axis(now.index)
    last_made = pd.to_datetime(last_made)
    is_told = listed.notna() & ~(listed <= last_made) & (listed <= pd.Timestamp(today))
    now = now.assign(seen_on=listed.where(is_told, pd.Timestamp(today)))[["site_id", "phase", "seen_on"]]
    return phases.phase_spells(pd.concat([made, now], ignore_index=True))


def _with_readiness(sites: pd.DataFrame, current: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    columns = ["site_id", "site_name", "country", "region", "phase", "expires_on"]
    held = current[["site_id", "assessment_id", "day", "committed_on", "status", "jurisdiction"]].rename(
        columns={"status": "assessment_status"}
    )
    told = readiness.readiness_of_sites(states).drop(columns="site_id")
    rows = sites[columns].merge(held, on="site_id", how="left").merge(told, on="assessment_id", how="left")
    rows = rows.astype({name: "Int64" for name in COUNTED}).assign(is_ready=rows["is_ready"].eq(True))
    # Where this role has rated nothing, 0 of 17 would say that it found no criterion met.
    is_silent = (rows["met"] + rows["not_met"]).eq(0).fillna(False)
    return rows.assign(**{name: rows[name].mask(is_silent) for name in COUNTED})
