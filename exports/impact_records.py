"""What the page Impact and its report are made of: the public records of one data version, and which sites count.

Everything here is what the public may know, whoever looks, as of the day of the data version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import pandas as pd

from data import queries
from data.access import PUBLIC
from data.engine import View
from exports.criteria import criteria_history
from metrics import reefs
from metrics.impact import quarter_ends

THEMES = {"wildlife": "Wildlife", "warning": "Early warning", "reefs": "Reefs", "certification": "Certification"}
FLAGS_OF_THEME = {
    "wildlife": ("has_cameras", "has_collars"),
    "warning": ("has_alerts", "has_incidents"),
    "reefs": ("has_reefs", "has_outplants", "has_heat_stress"),
}
IN_PROCESS = ("application", "candidate", "green_list")
GREEN_LIST = "green_list"
ROLE = "self"
MOST_QUARTERS = 60


@dataclass(frozen=True)
class Filters:
    """Which sites count and until when; empty means all sites, and until the day of the data version.

    `country` is an ISO 3166 alpha-3 code, `pilot` a site id, `until` a quarter such as 2026-Q2. All hold together.
    """

    country: str = ""
    theme: str = ""
    pilot: str = ""
    supporter: str = ""
    until: str = ""

    def as_query(self) -> dict[str, str]:
        """The filters that are set, as the address of the page names them."""
        return {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}


@dataclass(frozen=True)
class Records:
    """The public records of a network, by kind; all but `sources`, `supporters` and `since` have `site_id`.

    `first` tells when anything of a site was first on record, `seen` in which phase it was seen when, `history` the
    criteria that it meets at each version of its self-assessment, `cover` the means of `metrics.reefs.survey_means`.
    """

    today: date
    sites: pd.DataFrame
    monitored: pd.DataFrame
    supporters: pd.DataFrame
    pilots: Mapping[str, str]
    sources: pd.DataFrame
    first: pd.DataFrame
    seen: pd.DataFrame
    history: pd.DataFrame
    alerts: pd.DataFrame
    since: pd.DataFrame
    incidents: pd.DataFrame
    animals: pd.DataFrame
    taxa: pd.DataFrame
    outplants: pd.DataFrame
    cover: pd.DataFrame

    @property
    def countries(self) -> dict[str, str]:
        """The countries of the sites by code, in the order of their names."""
        known = self.sites.dropna(subset=["country_iso3", "country"]).sort_values("country")
        return dict(zip(known["country_iso3"], known["country"], strict=True))

    @property
    def quarters(self) -> dict[str, date]:
        """The quarters that one may look back to, oldest first, each with its last day that has come."""
        first = self.first["first_on"].min()
        ends = quarter_ends(self.today if pd.isna(first) else first.date(), self.today)[-MOST_QUARTERS:]
        return {f"{end.year}-Q{(end.month + 2) // 3}": min(end, self.today) for end in ends}


def records(view: View, folder: Path) -> Records:
    """The public records of a data version; `folder` holds the indicator sets of jurisdictions."""
    asked = (view, PUBLIC, view.day)
    sites, monitored = queries.sites(*asked), queries.monitored_sites(*asked)
    assessments = queries.assessments(*asked)
    surveys, outplants = queries.network_reef_surveys(*asked), queries.network_outplants(*asked)
    alerts, incidents = queries.network_alerts(*asked), queries.network_incidents(*asked)
    animals, taxa = queries.network_animals(*asked), queries.network_taxa(*asked)
    measured = surveys[surveys["labelled_by"].ne("model").fillna(True)]
    seen_on = {
        "assessment": _with_day(assessments, _assessed_on(assessments)),
        "cameras": queries.network_cameras(*asked),
        "tags": _with_day(animals, animals["known_on"]),
        "warnings": _with_day(alerts, alerts["detected_at"].dt.tz_localize(None)),
        "conflicts": _with_day(incidents, incidents["quarter"]),
        "reef surveys": _with_day(measured, measured["surveyed_on"]),
        "planted corals": _with_day(outplants, outplants["planted_on"]),
    }
    return Records(
        today=view.day,
        sites=sites,
        monitored=monitored,
        supporters=queries.supporters(view),
        pilots=_pilots(sites, monitored, queries.work_items(*asked)),
        sources=queries.sources(*asked),
        first=_first(seen_on, set(sites["site_id"])),
        seen=_seen(assessments, sites, view.day),
        history=criteria_history(assessments, queries.ratings(*asked), ROLE, folder),
        alerts=alerts,
        since=queries.network_warning_starts(*asked),
        incidents=incidents,
        animals=animals,
        taxa=taxa,
        outplants=outplants,
        cover=_cover(surveys),
    )


def chosen(found: Records, filters: Filters) -> Records:
    """The records of the sites that pass all filters."""
    keep = set(found.sites["site_id"])
    if filters.country:
        keep &= set(found.sites.loc[found.sites["country_iso3"].eq(filters.country), "site_id"])
    if filters.theme:
        keep &= _sites_of_theme(found, filters.theme)
    if filters.pilot:
        keep &= {filters.pilot}
    if filters.supporter:
        keep &= set(found.supporters.loc[found.supporters["supporter"].eq(filters.supporter), "site_id"])
    parts = {
        field.name: _of(getattr(found, field.name), keep)
        for field in fields(found)
        if field.name not in ("today", "supporters", "pilots", "sources")
    }
    return replace(found, **parts, sources=_sources_of(found.sources, keep))


def in_words(found: Records, filters: Filters) -> tuple[str, ...]:
    """The filters that are set, each as a phrase; names come from outside."""
    told = []
    if filters.country:
        told.append(f"Country: {found.countries.get(filters.country, filters.country)}")
    if filters.theme:
        told.append(f"Theme: {THEMES.get(filters.theme, filters.theme)}")
    if filters.pilot:
        told.append(f"Pilot: {found.pilots.get(filters.pilot, filters.pilot)}")
    if filters.supporter:
        told.append(f"Supported by: {filters.supporter}")
    return tuple(told) or ("All sites of the network",)


def _sites_of_theme(found: Records, theme: str) -> set[str]:
    if theme == "certification":
        return set(found.sites.loc[found.sites["phase"].isin(IN_PROCESS), "site_id"])
    flags = list(FLAGS_OF_THEME[theme])
    return set(found.monitored.loc[found.monitored[flags].any(axis=1), "site_id"])


def _of(frame: pd.DataFrame, keep: set[str]) -> pd.DataFrame:
    return frame[frame["site_id"].isin(keep)].reset_index(drop=True)


def _sources_of(sources: pd.DataFrame, keep: set[str]) -> pd.DataFrame:
    """The sources of these sites, and those that tell of all sites."""
    is_of = [not ids or not keep.isdisjoint(ids) for ids in sources["site_ids"]]
    return sources[is_of].sort_values("source", ignore_index=True)


def _pilots(sites: pd.DataFrame, monitored: pd.DataFrame, work_items: pd.DataFrame) -> dict[str, str]:
    """The sites with a work plan or a field system, by id, in the order of their names."""
    ids = {*monitored["site_id"], *work_items["site_id"]}
    known = sites[sites["site_id"].isin(ids)].sort_values(["site_name", "site_id"])
    return dict(zip(known["site_id"], known["site_name"], strict=True))


def _with_day(frame: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    return frame[["site_id"]].assign(first_on=days)


def _first(seen_on: Mapping[str, pd.DataFrame], known: set[str]) -> pd.DataFrame:
    """The first day of each kind of record at each site of the network: `site_id`, `kind`, `first_on`."""
    parts = [
        part.dropna(subset=["first_on"]).groupby("site_id", as_index=False)["first_on"].min().assign(kind=kind)
        for kind, part in seen_on.items()
        if part["first_on"].notna().any()
    ]
    if not parts:
        return pd.DataFrame({"site_id": [], "kind": [], "first_on": pd.to_datetime([])})
    first = pd.concat([part.astype({"first_on": "datetime64[us]"}) for part in parts], ignore_index=True)
    return first[first["site_id"].isin(known)].reset_index(drop=True)


def _assessed_on(assessments: pd.DataFrame) -> pd.Series:
    """The day of each assessment, 1 January where only the year is known."""
    year = pd.to_datetime(assessments["assessed_year"].astype("Int64").astype("string"), format="%Y")
    return pd.to_datetime(assessments["assessed_on"]).fillna(year)


def _seen(assessments: pd.DataFrame, sites: pd.DataFrame, today: date) -> pd.DataFrame:
    """In which phase each site was when it was assessed, and in which it is published to be today."""
    made = assessments[assessments["tool"].eq(GREEN_LIST) & assessments["phase"].notna()]
    made = made[["site_id", "phase"]].assign(seen_on=_assessed_on(made)).dropna(subset=["seen_on"])
    now = sites.loc[sites["phase"].isin(IN_PROCESS), ["site_id", "phase"]].assign(seen_on=pd.Timestamp(today))
    return pd.concat([part.astype({"seen_on": "datetime64[us]"}) for part in (made, now)], ignore_index=True)


def _cover(surveys: pd.DataFrame) -> pd.DataFrame:
    covers = surveys[surveys["metric"].eq(reefs.COVER)]
    of_site = covers.drop_duplicates("station").set_index("station")["site_id"]
    means = reefs.survey_means(covers)
    return means.assign(site_id=means["station"].map(of_site).astype("str"))
