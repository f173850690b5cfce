"""The figures of the page Impact that field systems give: warnings sent, animals watched, reefs."""

import pandas as pd

from exports import impact_words as words
from exports.impact_figure import Chart, Figure, Span, sample, since, until
from exports.impact_records import Records
from metrics import early_warning, impact, outplants, reef_changes, reefs_now
from metrics.result import Result

SURVIVAL_MONTHS = 12


def warned(found: Records, span: Span) -> Figure:
    """Warnings sent; how many people they reached is never told, since nobody counts them."""
    result = impact.warnings_sent(found.alerts, span.until)
    alerts = until(found.alerts, "detected_at", span.until)
    in_time, lead = impact.sent_in_time(alerts), early_warning.lead_time(alerts)
    sites = alerts.loc[alerts["sent_at"].notna(), "site_id"].nunique()
    quarter = found.alerts.loc[found.alerts["sent_at"].notna(), "detected_at"].dt.tz_localize(None).dt.to_period("Q")
    counts, newest = quarter.value_counts(), quarter.max()
    by_quarter = {end: counts.get(pd.Period(end, freq="Q"), 0) for end in span.quarters.values()}
    # Later quarters are not known yet, which is not the same as none.
    known = [None if counts.empty or pd.Period(end, freq="Q") > newest else sent for end, sent in by_quarter.items()]
    series = (("Warnings", span.series(known)),)
    return Figure(
        "warned",
        "Warnings sent",
        words.DASH if result.value is None else words.number(result.value),
        _warned_sentence(result, in_time, lead, sites, span),
        "How many people were warned is not known: nobody counts whom a warning reaches.",
        (("warnings", result), ("sent in time", in_time), ("lead time", lead)),
        Chart("bars", "Warnings sent per quarter", "Warnings", tuple(span.quarters), series),
        sample(found, "warned", (result, in_time), since(found.alerts["detected_at"]), span),
        (impact.warnings_sent, impact.sent_in_time, early_warning.lead_time),
    )


def animals(found: Records, span: Span) -> Figure:
    """Animals watched: taxa that cameras saw, and animals that carry a tag."""
    taxa, tagged = impact.taxa_seen(found.taxa, span.until), impact.animals_tagged(found.animals, span.until)
    headline = [words.count(taxa.value, "taxon", "taxa")] if taxa.value is not None else []
    headline += [f"{words.number(tagged.value)} tagged"] if tagged.value is not None else []
    ends = list(span.quarters.values())
    first = found.taxa.groupby("scientific_name")["first_on"].min()
    series = (
        ("Taxa seen by cameras", span.grown(impact.reached(first, ends))),
        ("Tagged animals", span.grown(impact.reached(found.animals["known_on"], ends, found.animals["animals"]))),
    )
    return Figure(
        "animals",
        "Animals watched",
        ", ".join(headline) or words.DASH,
        _animals_sentence(taxa, tagged, span),
        "To protect rare animals, sites with fewer than 5 tagged ones of a species are not counted.",
        (("taxa", taxa), ("tagged animals", tagged)),
        Chart("lines", "Taxa seen and animals tagged, by quarter", "Taxa, animals", tuple(span.quarters), series),
        sample(found, "animals", (taxa, tagged), since(found.taxa["first_on"], found.animals["known_on"]), span),
        (impact.taxa_seen, impact.animals_tagged),
    )


def reef(found: Records, span: Span) -> Figure:
    """Reefs: corals planted and alive, how many live after a year, and how the cover changed."""
    alive = impact.corals_alive(found.outplants, span.until)
    survival = outplants.survival_at(impact.planted_by(found.outplants, span.until), SURVIVAL_MONTHS)
    change = reef_changes.change_of_stations(reef_changes.cover_change(until(found.cover, "surveyed_on", span.until)))
    caveat = "A change of a reef does not tell its cause."
    if survival.value is not None:
        lived = f"{survival.value:.1f} % of planted corals lived after {SURVIVAL_MONTHS} months"
        caveat = f"{lived} ({words.limits(survival) or 'no interval'}). {caveat}"
    headline = words.DASH if alive.value is None else f"{words.number(alive.value)} of {words.number(alive.n)} alive"
    if alive.value is None and change.value is not None:
        headline = f"{change.value:+.1f} points"
    began = since(found.outplants["planted_on"], found.cover["surveyed_on"])
    return Figure(
        "reef",
        "Reefs",
        headline,
        _reef_sentence(alive, change, span),
        caveat,
        (("corals alive", alive), ("survival", survival), ("hard coral", change)),
        _corals_chart(found, span) if len(found.outplants) else _cover_chart(found, span),
        sample(found, "reef", (alive, survival, change), began, span),
        (impact.corals_alive, outplants.survival_at, reef_changes.change_of_stations),
    )


def _corals_chart(found: Records, span: Span) -> Chart:
    by_quarter = impact.corals_by(found.outplants, list(span.quarters.values()))
    known = by_quarter.astype("object").where(by_quarter["planted"] > 0, None)
    names = {"planted": "Planted", "alive": "Alive when last seen"}
    series = tuple((name, span.series(known[column].tolist())) for column, name in names.items())
    return Chart("lines", "Corals planted and alive, by quarter", "Corals", tuple(span.quarters), series)


def _cover_chart(found: Records, span: Span) -> Chart:
    """The mean cover of the newest survey of each station, where no coral was planted."""
    values = [
        reefs_now.hard_coral_now(until(found.cover, "surveyed_on", end)).value if end <= span.until else None
        for end in span.quarters.values()
    ]
    series = (("Hard coral", span.series(values)),)
    return Chart("lines", "Hard coral, newest survey of each station, by quarter", "%", tuple(span.quarters), series)


def _warned_sentence(result: Result, in_time: Result, lead: Result, sites: int, span: Span) -> str:
    if result.value is None:
        return words.capital(result.missing)
    told = f"By {words.day(span.until)}, {words.count(result.value, 'warning')} had been sent at "
    told += words.count(sites, "site")
    if in_time.value is not None:
        told += f"; where an animal came, {in_time.value:.0f} % were sent before it ({words.limits(in_time, 0)})"
        if lead.value is not None and lead.value > 0:
            told += f", half of all at least {lead.value:.0f} minutes ahead"
    return f"{told}."


def _animals_sentence(taxa: Result, tagged: Result, span: Span) -> str:
    told = []
    if taxa.value is not None:
        told.append(f"cameras had seen {words.count(taxa.value, 'taxon', 'taxa')} at {words.count(taxa.n, 'site')}")
    if tagged.value is not None:
        told.append(f"{words.count(tagged.value, 'animal')} had carried a tag at {words.count(tagged.n, 'site')}")
    return f"By {words.day(span.until)}, {' and '.join(told)}." if told else words.capital(taxa.missing)


def _reef_sentence(alive: Result, change: Result, span: Span) -> str:
    told = []
    if alive.n:
        seen = "nobody had seen one again"
        if alive.value is not None:
            seen = f"{words.number(alive.value)} lived when last seen"
        told.append(f"of {words.count(alive.n, 'planted coral')} {seen}")
    if change.value is not None:
        points = f"hard coral had changed by {change.value:+.1f} percentage points"
        told.append(f"{points} at {words.count(change.n, 'station')}{_clear(change)}")
    reason = f"no planted coral is on record by then, and {change.missing}"
    return f"By {words.day(span.until)}, {'; '.join(told)}." if told else words.capital(reason)


def _clear(change: Result) -> str:
    """Whether a change leaves out zero, with its limits."""
    if change.interval is None:
        return ", without an interval that would tell whether this is more than chance"
    low, high = change.interval
    clear = "no clear change, " if low <= 0 <= high else ""
    return f" ({clear}{words.limits(change, sign='+')})"
