"""How the page Compare says who the peers are, where a site stands, and what would have to change."""

from collections.abc import Mapping
from typing import Any

from metrics import peers
from metrics.peers import FEWEST_PEERS, Peers, Rules, Standing
from ui import theme
from ui.compare import Comparison
from ui.compare_figures import Figure
from ui.text import DASH, count, is_missing, is_true, joined, number, plain

SAME_WORDS = {
    "realm": "Realm",
    "type": "Type",
    "category": "IUCN category",
    "region": "Region",
    "phase": "Phase",
}
RULE_WORDS = {rule: words.lower() for rule, words in SAME_WORDS.items()} | {
    "category": "IUCN category",
    "size": "size",
}
REALM_WORDS = {"terrestrial": "on land", "coastal": "at the coast", "marine": "at sea"}
SIZE_WORDS = {"2": "2 times", "4": "4 times", "10": "10 times", "any": "Any"}
UNKNOWN_WORDS = {
    "realm": "whether this site lies on land, at the coast or in the sea",
    "type": "whether this site is a protected area or an OECM",
    "category": "an IUCN category of this site",
    "size": "the area of this site",
    "region": "the region of this site",
    "phase": "the phase of this site",
}
LACKS_WORDS = {
    "realm": "unknown realm",
    "type": "unknown type",
    "category": "no IUCN category",
    "size": "unknown area",
    "region": "unknown region",
    "phase": "unknown phase",
}
NO_CAUSE = (
    "A difference is no cause. Peers differ in ways that these rules do not see, such as biome, habitat, money and how "
    "easily animals are seen."
)
OPEN_ONLY = (
    "Of animals, only species that anyone may see in detail are counted here, at every site alike, yours included; so "
    "figures may differ from those on the other pages. Warnings of sites that are not yours count by whole months."
)
COUNTED = "counted, not sampled"


def rules_of(same: list[str], size: str) -> Rules:
    """The rules from the choices of the page."""
    kept = [rule for rule in peers.RULES if rule in same or (rule == "size" and size != "any")]
    return Rules(tuple(kept), float(size) if size != "any" else 1.0)


def peers_sentence(found: Comparison) -> str:
    """How many peers there are and by which rules, as Markdown."""
    told = [
        f"the same {RULE_WORDS[rule]}" if rule in found.peers.unknown else _rule(rule, found.site, found.rules)
        for rule in found.rules.same
    ]
    by = ", ".join(told) if told else "every other site of the network"
    return f"**{count(len(found.peers.site_ids), 'peer')}**: {by}."


def without_sentence(found: Peers) -> str:
    """How many peers there would be without each rule."""
    parts = [f"{number(many)} without {RULE_WORDS[rule]}" for rule, many in found.without.items()]
    return f"If one rule were taken back: {', '.join(parts)}." if parts else ""


def unjudged_sentence(found: Peers) -> str:
    """Sites that are no peers only because something is not known of them."""
    parts = [f"{count(many, 'site')} of {LACKS_WORDS[rule]}" for rule, many in found.unjudged.items() if many]
    return f"Not among them, though all else fits: {', '.join(parts)}." if parts else ""


def unknown_sentence(found: Peers) -> str:
    """The rules that cannot be applied to this site."""
    parts = [f"The registry does not tell {UNKNOWN_WORDS[rule]}." for rule in found.unknown]
    return f"{' '.join(parts)} So no peer can be found by that; take the rule back." if parts else ""


def relax_sentence(found: Peers) -> str:
    """Which rule to take back, where there are too few peers."""
    enough = [(rule, many) for rule, many in found.to_relax if many >= FEWEST_PEERS]
    if enough:
        told = [f"{RULE_WORDS[rule]} ({number(many)} peers)" for rule, many in enough]
        return f"Take back one rule: {' or '.join(told)}."
    if found.to_relax:
        rule, many = found.to_relax[0]
        most = f"without {RULE_WORDS[rule]} there are {number(many)}"
        return f"No single rule brings {FEWEST_PEERS} peers; {most}. Take back two."
    return "No single rule brings a peer. Take back two or more."


def value(figure: Figure, amount: float | None) -> str:
    """A value with the decimals of its figure; a dash where there is none."""
    return DASH if is_missing(amount) else number(amount, figure.decimals)


def amount(figure: Figure, measured: float) -> str:
    """A value with its unit, such as 1 day or 2 days."""
    shown = value(figure, measured)
    return f"{shown} {figure.unit.removesuffix('s') if shown == '1' else figure.unit}"


def interval(figure: Figure, row: Mapping[str, Any]) -> str:
    """The interval of a value in words; nothing where it has none."""
    low, high = row["low"], row["high"]
    if (is_missing(low) and is_missing(high)) or (figure.is_counted and low == high):
        return ""
    ends = [_end(figure, end) for end in (low, high)]
    kind = "known to lie in" if figure.is_counted else "95 % interval"
    return f"{kind} {ends[0]} to {ends[1]}"


def rank(figure: Figure, standing: Standing, row: Mapping[str, Any]) -> str:
    """Where the site stands, in words that claim no more than the intervals allow."""
    if standing.best is None:
        return ""
    if not standing.is_ranked:
        lacks = is_missing(row["low"]) and is_missing(row["high"])
        return "no rank: this site's figure has no interval" if lacks else f"no rank: {_overlap(figure, row)}"
    if standing.best == standing.worst:
        return f"{ordinal(standing.best)} {figure.first} of {standing.of}"
    between = f"between {ordinal(standing.best)} and {ordinal(standing.worst)} {figure.first} of {standing.of}"
    return f"{between}, {_overlap(figure, row)}"


def line(found: Comparison, figure: Figure) -> tuple[str, str]:
    """What is said of one figure: the value and the rank as Markdown, and the line beneath it."""
    row, standing = found.own(figure.name), found.standings[figure.name]
    measure = f"{number(standing.measuring)} of {count(len(found.peers.site_ids), 'peer')} measure it"
    if row is None:
        head = f"**{figure.label}: {DASH}**"
        reason = found.lacks(figure.name)
        told = [f"{reason[:1].upper()}{plain(reason[1:])}", _middle(figure, standing), measure]
        return head, joined(told)
    head = f"**{figure.label}: {amount(figure, row['value'])}**"
    if not standing.is_enough:
        head += f" · not enough data: {FEWEST_PEERS} peers must measure it"
    elif told := rank(figure, standing, row):
        head += f" · {told}"
    sample = COUNTED if figure.is_counted else f"n = {number(row['n'])} {row['of']}"
    return head, joined([interval(figure, row), _middle(figure, standing), measure, sample])


def alone(found: Comparison, figure: Figure) -> tuple[str, str, str, str]:
    """A figure that cannot be compared: its value, its interval, what it rests on, and how many peers measure it."""
    row, measuring = found.own(figure.name), f"{found.standings[figure.name].measuring:,}"
    if row is None:
        reason = found.lacks(figure.name)
        return DASH, "", f"{reason[:1].upper()}{reason[1:]}", measuring
    sample = COUNTED if figure.is_counted else f"n = {number(row['n'])} {row['of']}"
    return amount(figure, row["value"]), interval(figure, row), sample, measuring


def ordinal(place: int) -> str:
    """A rank in words, such as 3rd."""
    ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place:,}{ending}"


def _middle(figure: Figure, standing: Standing) -> str:
    if not standing.is_enough:
        return ""
    low, high = value(figure, standing.lower_quartile), value(figure, standing.upper_quartile)
    return f"peers' median {value(figure, standing.median)}, middle half {low} to {high}"


def _overlap(figure: Figure, row: Mapping[str, Any]) -> str:
    if figure.is_counted and row["low"] == row["high"]:
        return "several sites have the same" if figure.name != "criteria" else "what is not known could change it"
    return "what is not known could change it" if figure.is_counted else "the intervals overlap"


def _end(figure: Figure, end: float) -> str:
    return "no limit" if is_missing(end) or abs(end) == float("inf") else value(figure, end)


def _rule(rule: str, site: Mapping[str, Any], rules: Rules) -> str:
    """What a rule asks of the peers of this site, of which it is known."""
    if rule == "size":
        factor, area = rules.size_factor, site["area_km2"]
        return f"area {_area(area / factor)} to {_area(area * factor)} km² (up to {factor:g} times smaller or larger)"
    if rule == "type":
        return "OECMs" if is_true(site["is_oecm"]) else "protected areas"
    told = {
        "realm": REALM_WORDS.get(site["realm"], site["realm"]),
        "category": f"IUCN category {site['iucn_category']}",
        "region": f"in {site['region']}",
        "phase": f"phase {theme.PHASE_WORDS.get(site['phase'], site['phase'])}",
    }
    return plain(told[rule])


def _area(km2: float) -> str:
    return number(km2, 0 if km2 >= 10 else 1)
