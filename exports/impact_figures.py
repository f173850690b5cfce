"""The six figures of the page Impact and of its report; those of field systems are in impact_field_figures.py."""

import pandas as pd

from exports import impact_words as words
from exports.impact_field_figures import animals, reef, warned
from exports.impact_figure import Chart, Figure, Span, sample, since
from exports.impact_records import Records
from metrics import impact

PHASES_DRAWN = {"application": "Application", "candidate": "Candidate", "green_list": "Green List"}


def figures(found: Records, span: Span) -> tuple[Figure, ...]:
    """The six figures of these records at the end of a span."""
    return tuple(make(found, span) for make in (_sites, _area, warned, animals, reef, _advanced))


def _sites(found: Records, span: Span) -> Figure:
    result = impact.sites_known(found.first, len(found.sites), span.until)
    by = words.day(span.until)
    if result.value is None:
        sentence = f"By {by}, none of {words.count(result.n, 'site')} had anything on record here."
    else:
        sentence = (
            f"By {by}, {words.number(result.value)} of {words.count(result.n, 'site')} had sent something to the "
            "network: an assessment, or data of a field system."
        )
    first = found.first.groupby("site_id")["first_on"].min()
    values = span.grown(impact.reached(first, list(span.quarters.values())))
    return Figure(
        "sites",
        "Sites in the network",
        words.DASH if result.value is None else f"{words.number(result.value)} of {words.number(result.n)}",
        sentence,
        "When a site joined is not stored; its first record stands for it.",
        (("sites", result),),
        Chart("lines", "Sites with a first record, by quarter", "Sites", tuple(span.quarters), (("Sites", values),)),
        sample(found, "sites", (result,), since(found.first["first_on"]), span),
        (impact.sites_known,),
    )


def _area(found: Records, span: Span) -> Figure:
    first = found.first.groupby("site_id")["first_on"].min()
    known = set(first.index[first <= pd.Timestamp(span.until)])
    sites = found.sites[found.sites["site_id"].isin(known)]
    land_and_sea, sea = impact.reported_area(sites), impact.marine_area(sites)
    if land_and_sea.value is None:
        sentence = words.capital(land_and_sea.missing)
    else:
        of_sea = "" if sea.value is None else f", {words.number(sea.value)} km² of it sea"
        sites_words = (
            "1 site known by then reports" if len(sites) == 1 else f"{len(sites):,} sites known by then report"
        )
        sentence = f"The {sites_words} {words.number(land_and_sea.value)} km² together{of_sea}."
    silent = len(sites) - land_and_sea.n
    caveat = (
        "Areas as the registry reports them, added up: where sites overlap, the ground counts twice, and sites whose "
        "boundary may not be published count too."
    )
    if silent and land_and_sea.value is not None:
        caveat += f" {words.count(silent, 'site')} without a reported area did not count."
    placed = found.sites.merge(first.reset_index(), on="site_id")
    ends = list(span.quarters.values())
    marine = placed["marine_area_km2"].astype("float64").fillna(0)
    whole = placed["area_km2"].astype("float64").fillna(0)
    parts = (("Land", (whole - marine).clip(lower=0)), ("Sea", marine.clip(upper=whole)))
    series = tuple((name, span.grown(impact.reached(placed["first_on"], ends, part))) for name, part in parts)
    return Figure(
        "area",
        "Area",
        words.DASH if land_and_sea.value is None else f"{words.number(land_and_sea.value)} km²",
        sentence,
        caveat,
        (("area", land_and_sea), ("marine area", sea)),
        Chart("bars", "Reported area of the sites known, by quarter", "km²", tuple(span.quarters), series),
        sample(found, "area", (land_and_sea,), since(found.first["first_on"]), span),
        (impact.reported_area, impact.marine_area),
    )


def _advanced(found: Records, span: Span) -> Figure:
    result = impact.sites_advanced(found.seen, span.until)
    gained = impact.criteria_gained(found.history, span.until)
    if result.value is None:
        sentence = words.capital(result.missing)
    else:
        sentence = (
            f"By {words.day(span.until)}, {words.number(result.value)} of {words.count(result.n, 'site')} assessed "
            "more than once stood in a later phase of the Green List process than at first"
        )
        if gained.value is not None:
            more = "more" if gained.value >= 0 else "fewer"
            sentence += (
                f", and by their own ratings {words.count(gained.n, 'site')} met "
                f"{words.count(abs(gained.value), 'criterion', 'criteria')} {more}"
            )
        sentence += "."
    phases = impact.sites_by_phase(found.seen, list(span.quarters.values()))
    series = tuple((name, span.series(phases[phase].tolist())) for phase, name in PHASES_DRAWN.items())
    return Figure(
        "advanced",
        "Sites advanced",
        words.DASH if result.value is None else f"{words.number(result.value)} of {words.number(result.n)}",
        sentence,
        "Phases as assessed and as published today; criteria as the sites rate themselves, gains and losses together.",
        (("sites advanced", result), ("criteria gained", gained)),
        Chart("bars", "Sites by phase, by quarter", "Sites", tuple(span.quarters), series),
        sample(found, "advanced", (result, gained), since(found.seen["seen_on"]), span),
        (impact.sites_advanced, impact.criteria_gained),
    )
