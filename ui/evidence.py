"""What monitoring says beside the ratings of one site: each figure that is linked to an indicator, and its verdict."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from data.queries.sources import REGISTRIES
from data.standards.evidence import EvidenceLink, evidence_links
from exports.evidence_tables import Judged
from metrics import conflicts, early_warning, outplants, readiness, reef_changes, reefs_now, wildlife
from metrics.result import Result, nothing
from ui import cached, cached_field, reefs
from ui.scope import Scope
from ui.text import is_true

YEAR = timedelta(days=365)
VERDICT_ICONS = {
    "supports": ":material/check_circle:",
    "questions": ":material/help:",
    "unclear": ":material/balance:",
    "stale": ":material/history:",
    "missing": ":material/sensors_off:",
}


def judged(scope: Scope, site: Mapping[str, Any]) -> list[Judged]:
    """Every link between a figure and the Standard, with the figure of this site; takes what `cached.site` gives."""
    monitored = cached.monitored_sites(scope)
    row = monitored[monitored["site_id"].eq(site["site_id"])]
    has = {} if row.empty else row.iloc[0].to_dict()
    return [_judge(link, scope, site, has) for link in evidence_links()]


def sentence(one: Judged) -> str:
    """What the figure says of the rating, in words."""
    if one.verdict == "missing":
        return f"{one.result.missing[:1].upper()}{one.result.missing[1:]}."
    if one.verdict == "stale":
        return f"The data are older than {one.link.fresh_days:,} days, so they say nothing of today."
    if one.verdict == "unclear":
        return "The data do not decide: the interval holds the mark."
    return one.link.supports if one.verdict == "supports" else one.link.questions


def _judge(link: EvidenceLink, scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Judged:
    metric, compute = FIGURES[link.figure]
    result = compute(scope, site, has)
    verdict = link.verdict(result.value, result.newest, scope.today, result.interval)
    return Judged(link, result, verdict, inspect.getdoc(metric) or "")


def _acknowledged(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    return _warned(scope, site, has, lambda found: found.acknowledged)


def _response(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    return _warned(scope, site, has, lambda found: found.response)


def _warned(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any], figure: Callable) -> Result:
    if not is_true(has.get("has_alerts")):
        return nothing("", "warnings", "no early warning system of this site reports")
    found = cached_field.warnings(scope, site["site_id"], "12")
    newest = found.alerts["detected_at"].max() if len(found.alerts) else None
    return _dated(figure(found), newest)


def _conflicts(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    if not is_true(has.get("has_incidents")):
        return nothing("", "conflicts", "no conflict of this site is on record")
    found = cached_field.conflicts(scope, site["site_id"])
    if found.ratio is None:
        return nothing("", "conflicts", "conflicts before and after the first warning cannot be compared")
    return _dated(found.ratio, found.last)


def _nights(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    if not is_true(has.get("has_cameras")):
        return nothing("trap nights", "deployments", _why_nothing(site, "no camera of this site reports"))
    first = scope.today - YEAR
    deployments = cached.ask("site_deployments", scope, site["site_id"], first, scope.today, scope.today)
    if deployments.empty:
        return nothing("trap nights", "deployments", _why_nothing(site, "no camera is known to have worked in a year"))
    return wildlife.trap_nights(deployments)


def _why_nothing(site: Mapping[str, Any], otherwise: str) -> str:
    """Why a viewer sees no effort of a site: that there are cameras is no secret, what they did may be one."""
    return "what the cameras of this site did is not shared with you" if is_true(site.get("has_cameras")) else otherwise


def _coral(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    if not is_true(has.get("has_reefs")):
        return nothing("%", "stations", "no reef of this site is surveyed")
    return cached_field.reef_surveys(scope, site["site_id"]).cover


def _coral_change(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    if not is_true(has.get("has_reefs")):
        return nothing("percentage points", "stations", "no reef of this site is surveyed")
    found = cached_field.reef_surveys(scope, site["site_id"])
    return _dated(found.change, found.newest)


def _survival(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    return _planted(scope, site, has, lambda found: found.survival)


def _follow_up(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    return _planted(scope, site, has, lambda found: found.follow_up)


def _planted(
    scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any], figure: Callable[[reefs.Restoration], Result]
) -> Result:
    if not is_true(has.get("has_outplants")):
        return nothing("", "fragments", "no planted coral of this site is on record")
    found = cached_field.restoration(scope, site["site_id"])
    return _dated(figure(found), found.totals.last_visit)


def _registered(scope: Scope, site: Mapping[str, Any], has: Mapping[str, Any]) -> Result:
    entry = (site.get("iucn_category"), site.get("governance"), is_true(site.get("is_oecm")))
    return _dated(readiness.registration(site["site_id"], *entry), _registry_pull(scope))


def _registry_pull(scope: Scope) -> date | None:
    """The day on which a registry of the whole network was last pulled with success."""
    every = cached.sources(scope)
    pulls = every.loc[every["connector"].isin(REGISTRIES), "last_success_at"].dropna()
    return None if pulls.empty else pulls.max().date()


def _dated(result: Result, newest: Any) -> Result:
    """The figure with the day of its newest record, where the metric itself does not tell it."""
    return result if result.value is None or result.newest is not None else replace(result, newest=newest)


FIGURES: Mapping[str, tuple[Callable, Callable[[Scope, Mapping[str, Any], Mapping[str, Any]], Result]]] = {
    "metrics.early_warning.acknowledged_share": (early_warning.acknowledged_share, _acknowledged),
    "metrics.early_warning.response_time": (early_warning.response_time, _response),
    "metrics.conflicts.rate_ratio": (conflicts.rate_ratio, _conflicts),
    "metrics.wildlife.trap_nights": (wildlife.trap_nights, _nights),
    "metrics.reefs_now.hard_coral_now": (reefs_now.hard_coral_now, _coral),
    "metrics.reef_changes.change_of_stations": (reef_changes.change_of_stations, _coral_change),
    "metrics.outplants.survival_at": (outplants.survival_at, _survival),
    "metrics.outplants.follow_up": (outplants.follow_up, _follow_up),
    "metrics.readiness.registration": (readiness.registration, _registered),
}
