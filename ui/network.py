"""What the Overview says about all sites at once: key figures, the state of their data, and who needs somebody."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pandas as pd

from metrics.coverage import change, freshness, sites_reporting
from metrics.green_list import clocks, listing_clock, pipeline
from metrics.result import Result
from ui import theme
from ui.text import count, day, is_true

SOON_DAYS = 90


@dataclass(frozen=True)
class Item:
    """One site that needs somebody: how urgent (0 is most), the icon, and the reason in words."""

    urgency: int
    icon: str
    site_id: str
    site_name: str
    country: str
    reason: str


@dataclass(frozen=True)
class Summary:
    """The network in figures; `certificates` counts listings (not sites) by state of their certificate."""

    sites: int
    countries: int
    unplaced: int
    by_phase: dict[str, int]
    by_state: dict[str, int]
    regions: list[str]
    detections_30d: int | None
    change_30d: Result
    reporting: Result
    sharing_totals_only: int
    start_site: str | None
    certificates: dict[str, int]
    pipeline: pd.DataFrame
    attention: list[Item]


def summary(sites: pd.DataFrame, today: date) -> Summary:
    """Everything that the Overview says about the sites, taken `with_state`, except the map and the table."""
    latest = int(sites["detections_30d"].sum()) if sites["detections_30d"].notna().any() else None
    in_both = sites[["detections_30d", "detections_prior_30d"]].dropna()
    certificates = clocks(sites, today).drop_duplicates("listing_id")["clock_state"].value_counts()
    has_cameras = sites["has_cameras"].fillna(False).astype(bool)
    is_hidden = has_cameras & sites["newest_detection_on"].isna()
    leading = sites["country_iso3"].dropna().str.split(";").str[0]
    return Summary(
        sites=len(sites),
        countries=leading.nunique(),
        unplaced=int(sites["position_kind"].eq("none").sum()),
        by_phase=_counts(sites["phase"], theme.PHASES),
        by_state=_counts(sites["state"], theme.STATES),
        regions=sorted(sites["region"].dropna().unique()),
        detections_30d=latest,
        # Sites that were measured in one of the periods only would show as a rise or a fall.
        change_30d=change(*(in_both.sum() if len(in_both) else (None, None)), "detections"),
        reporting=sites_reporting(sites[has_cameras & ~is_hidden], today),
        sharing_totals_only=int(is_hidden.sum()),
        start_site=_start_site(sites),
        certificates=certificates.astype(int).to_dict(),
        pipeline=pipeline(sites),
        attention=attention(sites, today),
    )


def with_state(sites: pd.DataFrame, today: date) -> pd.DataFrame:
    """The sites with `state`: how recent the newest detection is, `down` where a source fails, `never` without any.

    Where this viewer may see no day at all, the counts of the last days are made missing: unknown, not zero.
    """
    days = sites["newest_detection_on"]
    by_day = {newest: _state_of(newest, today) for newest in days.dropna().unique()}
    state = days.map(by_day).astype("object").where(days.notna(), "never")
    state = state.mask(sites["sources_failing"].fillna(0).gt(0), "down")
    state = state.where(sites["has_sensors"].fillna(False).astype(bool), "never")
    recent = {name: sites[name].mask(days.isna()) for name in ("detections_30d", "detections_prior_30d")}
    return sites.assign(state=state, **recent)


def find(sites: pd.DataFrame, phases: Collection[str], regions: Collection[str], words: str = "") -> pd.DataFrame:
    """The sites in these phases and regions (no region means all) whose name, country or code contains the words.

    Those with the most detections come first.
    """
    kept = sites[sites["phase"].isin(list(phases))]
    kept = kept.sort_values(["detections_30d", "site_name"], ascending=[False, True])
    if regions:
        kept = kept[kept["region"].isin(list(regions))]
    wanted = words.strip()
    if not wanted:
        return kept
    hits = pd.Series(False, index=kept.index)
    for column in ("site_name", "country", "site_id"):
        hits |= kept[column].astype("str").str.contains(wanted, case=False, regex=False, na=False)
    return kept[hits]


def every_day(days: pd.DataFrame) -> pd.DataFrame:
    """The days between the first and the last one, with zeros where nothing was detected on a day in between."""
    if days.empty:
        return days
    dates = pd.to_datetime(days["day"])
    return days.assign(day=dates).set_index("day").resample("D").sum().reset_index()


def attention(sites: pd.DataFrame, today: date) -> list[Item]:
    """Sites whose sources fail, whose cameras fell silent or whose certificate ends, most urgent first."""
    is_due = sites["phase"].eq("green_list") & sites["expires_on"].notna()
    is_silent = sites["state"].isin(["down", "stale", "late"])
    found = [item for row in sites[is_due | is_silent].itertuples() for item in _items_of(row, today)]
    return sorted(found, key=lambda item: (item.urgency, item.site_name))


def _start_site(sites: pd.DataFrame) -> str | None:
    """The site to show when none is asked for: the first one that shows detections, or the first of all."""
    equipped = sites[sites["newest_detection_on"].notna()]
    ids = [*equipped["site_id"].head(1), *sites["site_id"].head(1)]
    return ids[0] if ids else None


def _items_of(row, today: date) -> Iterator[Item]:
    about = (row.site_id, row.site_name, row.country)
    if row.state == "down":
        reason = f"{row.sources_failing} of {count(row.sources_total, 'source')} cannot be read"
        yield Item(0, ":material/cloud_off:", *about, reason)
    elif row.state in ("stale", "late"):
        urgency = 2 if row.state == "stale" else 4
        yield Item(urgency, ":material/sensors_off:", *about, f"no detection since {day(row.newest_detection_on)}")
    clock = listing_clock(row.expires_on, row.phase, today, is_true(row.is_expiry_year_only))
    if clock.state == "overdue":
        yield Item(1, ":material/event_busy:", *about, f"certificate overdue since {day(row.expires_on)}")
    elif clock.state == "due_soon" and clock.days_left <= SOON_DAYS:
        yield Item(3, ":material/event_upcoming:", *about, f"certificate ends {day(row.expires_on)}")


def _state_of(newest_day: date, today: date) -> str:
    """State by whole days, so that it depends on nothing finer than the day of the newest detection."""
    newest = datetime.combine(pd.Timestamp(newest_day).date(), time.min, UTC)
    now = datetime.combine(today, time.min, UTC)
    return freshness(newest, now, "stored", 0, now).state


def _counts(values: pd.Series, categories: Collection[str]) -> dict[str, int]:
    found = values.value_counts()
    return {category: int(found.get(category, 0)) for category in categories}
