"""The sentences of the page Wildlife: what a figure rests on, and what is left out to protect animals."""

from collections.abc import Iterator

import h3

from data.access import FEWEST_SHOWN, Viewer
from metrics.result import Result
from ui import results
from ui.text import count, day, is_missing, joined, number, plain
from ui.wildlife import Wildlife, cell_km


def span(found: Wildlife) -> str:
    """The days that the figures span."""
    if is_missing(found.worked_since):
        return "no camera in this period"
    return f"{day(found.worked_since)} to {day(found.last)}"


def key_figures(found: Wildlife) -> dict[str, str]:
    """The line below each key figure, by its label."""
    return {
        "Species observed": joined([_estimate(found), _without_numbers(found)]),
        "Detections": _events(found),
        "Trap nights": results.sample(found.effort) if found.effort.missing else _effort(found),
        "Review backlog": results.sample(found.backlog) if found.backlog.missing else _backlog(found),
    }


def protection(found: Wildlife) -> Iterator[str]:
    """Which taxa are told in less detail than others, and which months are left out."""
    if found.by_month_only:
        yield (
            f"{_names(found.by_month_only)}: counted in whole months of at least {FEWEST_SHOWN} detections, a month "
            "late; rates, hours, stations and who labelled them are not shown, and curve and events are without them, "
            "to protect the animals."
        )
    if found.withheld:
        yield f"Months with fewer than {FEWEST_SHOWN} detections are left out of: {_names(found.withheld)}."


def resolution(found: Wildlife, viewer: Viewer, site_id: str) -> str:
    """How exact the map is, and for whose sake."""
    across = f"about {max(round(cell_km(h3.get_resolution(found.cells['cell'].iloc[0]))), 1)} km across"
    if not viewer.sees_species_of(site_id):
        return f"All stations are in one hexagon, {across}, around the published point of the site."
    if viewer.sees_all_of(site_id):
        return f"Hexagons are {across}."
    return f"Hexagons are {across}: exact positions are not shown, to protect the animals."


def overlap(result: Result) -> str:
    """How far the activity of two taxa coincides."""
    if result.missing:
        return results.sample(result)
    low, high = (number(edge, 2) for edge in result.interval)
    return (
        f"**Overlap {number(result.value, 2)}**, 95 % interval {low}–{high}: 0 means that the two are never active at "
        "the same hour, 1 that both spend the day alike."
    )


def downtime(found: Wildlife) -> str:
    """How long stations were without a camera, and of how many the newest records have not come in."""
    is_over = found.downtime["resumed_at"].notna()
    over, waiting = found.downtime[is_over], int((~is_over).sum())
    nights = number(over["nights"].sum())
    words = f"{count(len(over), 'interruption')}, {nights} nights in all" if len(over) else "No interruption"
    newer = f"{count(waiting, 'station')} without newer data, where a camera may still be working" if waiting else ""
    return joined([words, newer])


def _estimate(found: Wildlife) -> str:
    if found.by_month_only:
        return f"{len(found.by_month_only)} of them counted by month only"
    estimate = found.estimates["place"]
    if found.observed.missing or estimate.missing:
        return results.sample(found.observed if found.observed.missing else estimate)
    if estimate.value == found.observed.value:
        return "Chao2 estimates no further species"
    low, high = (number(edge) for edge in estimate.interval)
    return f"Chao2 estimate {number(estimate.value)}, 95 % interval {low}–{high}"


def _without_numbers(found: Wildlife) -> str:
    """How many species are known to be there, of which every month is withheld."""
    hidden = set(found.withheld) - set(found.species["name"])
    return f"{len(hidden)} more, too rarely seen for a number" if hidden else ""


def _events(found: Wildlife) -> str:
    if not found.events.value:
        return results.sample(found.detections)
    of = " of the other species" if found.by_month_only else ""
    return f"{count(found.events.value, 'independent event')}{of}, 30 min apart"


def _effort(found: Wildlife) -> str:
    return joined([count(found.places, "station"), count(found.effort.n, "deployment")])


def _backlog(found: Wildlife) -> str:
    return f"Rows that no person has checked, of {number(found.backlog.n)} of all years"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(plain(name) for name in names)
