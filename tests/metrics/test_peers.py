"""Peers by stated rules and ranks by intervals, each recomputed independently: one site and one pair at a time."""

import itertools
import math
import statistics

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.peers import FEWEST_PEERS, RULES, SIZE_FACTORS, Peers, Rules, Standing, find_peers, rank_range, standing

COLUMNS = {
    "realm": st.sampled_from(["terrestrial", "coastal", "marine", None]),
    "is_oecm": st.sampled_from([True, False, None]),
    "iucn_category": st.sampled_from(["II", "IV", "Not Reported", "Not Applicable", None]),
    "area_km2": st.sampled_from([0.0, 1.0, 2.0, 3.9, 4.0, 10.0, 100.0, None]),
    "region": st.sampled_from(["Africa", "Asia", "", None]),
    "phase": st.sampled_from(["candidate", "green_list"]),
}
SITE = st.fixed_dictionaries(COLUMNS)
RULE_SETS = st.builds(
    Rules, same=st.lists(st.sampled_from(RULES), unique=True).map(tuple), size_factor=st.sampled_from(SIZE_FACTORS)
)
NETWORKS = st.lists(SITE, min_size=1, max_size=12)


def network(sites: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame([{"site_id": f"s{place:02}", **site} for place, site in enumerate(sites)])
    return frame.astype({"area_km2": "float64", "is_oecm": "object"})


def is_shared(rule: str, one: dict, other: dict, factor: float) -> bool:
    """The rule for one pair of sites, written anew from the sentence that readers see."""
    if rule == "size":
        areas = sorted((one["area_km2"] or 0, other["area_km2"] or 0))
        return areas[0] > 0 and areas[1] <= factor * areas[0]
    column = {"realm": "realm", "type": "is_oecm", "category": "iucn_category", "region": "region", "phase": "phase"}
    pair = [site[column[rule]] for site in (one, other)]
    if any(value is None or value == "" for value in pair):
        return False
    if rule == "category" and pair[0] not in ("Ia", "Ib", "II", "III", "IV", "V", "VI"):
        return False
    return pair[0] == pair[1]


def by_hand(sites: list[dict], rules: Rules) -> list[str]:
    own, others = sites[0], enumerate(sites[1:], 1)
    fits = (
        place for place, site in others if all(is_shared(rule, own, site, rules.size_factor) for rule in rules.same)
    )
    return [f"s{place:02}" for place in fits]


def without(rules: Rules, rule: str) -> Rules:
    return Rules(tuple(one for one in rules.same if one != rule), rules.size_factor)


@given(NETWORKS, RULE_SETS)
def test_peers_are_those_that_share_everything_asked_for_and_no_others(sites: list[dict], rules: Rules) -> None:
    found = find_peers(network(sites), "s00", rules)
    assert list(found.site_ids) == by_hand(sites, rules)
    assert found.without == {rule: len(by_hand(sites, without(rules, rule))) for rule in rules.same}


@given(NETWORKS, RULE_SETS)
def test_who_is_a_peer_of_mine_has_me_as_a_peer(sites: list[dict], rules: Rules) -> None:
    frame = network(sites)
    for peer in find_peers(frame, "s00", rules).site_ids:
        assert "s00" in find_peers(frame, peer, rules).site_ids


@given(NETWORKS, RULE_SETS, st.data())
def test_a_rule_taken_back_or_widened_never_loses_a_peer(sites: list[dict], rules: Rules, data: st.DataObject) -> None:
    frame = network(sites)
    found = set(find_peers(frame, "s00", rules).site_ids)
    if rules.same:
        rule = data.draw(st.sampled_from(rules.same))
        assert found <= set(find_peers(frame, "s00", without(rules, rule)).site_ids)
    assert found <= set(find_peers(frame, "s00", Rules(rules.same, rules.size_factor * 2)).site_ids)


@given(NETWORKS, RULE_SETS)
def test_what_is_unknown_of_the_site_is_told_and_leaves_it_without_peers(sites: list[dict], rules: Rules) -> None:
    found = find_peers(network(sites), "s00", rules)
    facts = {"size": "area_km2", "type": "is_oecm", "category": "iucn_category", "realm": "realm", "region": "region"}
    empty = {"size": (0.0, None), "category": ("Not Reported", "Not Applicable", None)}
    expected = [rule for rule in RULES if rule in rules.same and rule in facts]
    expected = [rule for rule in expected if sites[0][facts[rule]] in empty.get(rule, ("", None))]
    assert list(found.unknown) == expected
    if found.unknown:
        assert not found.site_ids


def test_sites_of_unknown_area_are_counted_and_are_no_peers() -> None:
    same = {"realm": "marine", "is_oecm": False, "iucn_category": "II", "region": "Asia", "phase": "candidate"}
    sites = network([{**same, "area_km2": area} for area in (10.0, 40.0, 2.5, 41.0, 2.4, None, 0.0)])
    found = find_peers(sites, "s00", Rules())
    assert found.site_ids == ("s01", "s02"), "four times larger and four times smaller are still similar"
    assert found.unjudged["size"] == 2
    assert found.without["size"] == 6
    assert not found.is_enough
    assert found.to_relax == (("size", 6),)


def test_rules_to_relax_come_with_the_most_peers_first() -> None:
    found = Peers(("a",), {"realm": 9, "type": 1, "size": 12, "region": 9}, {}, ())
    assert found.to_relax == (("size", 12), ("realm", 9), ("region", 9))


@pytest.mark.parametrize("wrong", [{"same": ("biome",)}, {"size_factor": 0.5}, {"size_factor": math.nan}])
def test_rules_that_do_not_exist_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="no such rule"):
        Rules(**wrong)


def test_a_site_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        find_peers(network([]).reindex(columns=["site_id", *COLUMNS]), "s00", Rules())


ENDS = st.tuples(st.integers(0, 6), st.integers(0, 6)).map(sorted)


def interval(ends: list[int]) -> dict[str, float]:
    return {"value": sum(ends) / 2, "low": float(ends[0]), "high": float(ends[1])}


def peers_of(intervals: list[list[int]]) -> pd.DataFrame:
    return pd.DataFrame([interval(ends) for ends in intervals], columns=["value", "low", "high"], dtype="float64")


def ranks_by_hand(own: list[int], others: list[list[int]], is_highest_first: bool) -> tuple[int, int]:
    """The best and worst place over every choice of a true value at an end of each interval."""
    best, worst = len(others) + 1, 1
    for mine, *theirs in itertools.product(own, *others):
        ahead = [value > mine if is_highest_first else value < mine for value in theirs]
        ties = [value == mine for value in theirs]
        best, worst = min(best, 1 + sum(ahead)), max(worst, 1 + sum(ahead) + sum(ties))
    return best, worst


@given(ENDS, st.lists(ENDS, max_size=6), st.booleans())
def test_ranks_are_those_that_some_true_values_within_the_intervals_give(own, others, is_highest_first) -> None:
    found = rank_range(interval(own), peers_of(others), is_highest_first)
    assert found == ranks_by_hand(own, others, is_highest_first)
    assert 1 <= found[0] <= found[1] <= len(others) + 1


@given(ENDS, st.lists(ENDS, max_size=8), st.integers(0, 3), st.integers(0, 3))
def test_a_wider_interval_never_makes_a_rank_more_certain(own, others, below, above) -> None:
    narrow = rank_range(interval(own), peers_of(others))
    wide = rank_range(interval([own[0] - below, own[1] + above]), peers_of(others))
    assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@given(ENDS, st.lists(ENDS, max_size=8))
def test_counted_from_the_other_end_the_ranks_change_places(own, others) -> None:
    best, worst = rank_range(interval(own), peers_of(others), True)
    of = len(others) + 1
    assert rank_range(interval(own), peers_of(others), False) == (of + 1 - worst, of + 1 - best)


@given(ENDS, st.lists(ENDS, min_size=FEWEST_PEERS, max_size=9))
def test_there_is_no_rank_where_all_intervals_overlap(own, others) -> None:
    everywhere = [[min(own), max(own)] for _ in others]
    found = standing(interval(own), peers_of(everywhere), True)
    assert (found.best, found.worst) == (1, found.of)
    assert not found.is_ranked


def test_an_end_that_is_not_known_may_be_anywhere() -> None:
    peers = peers_of([[1, 2], [8, 9]])
    unknown = {"value": 5.0, "low": math.nan, "high": math.nan}
    assert rank_range(unknown, peers) == (1, 3)
    assert rank_range({"value": 5.0, "low": 5.0, "high": math.inf}, peers) == (1, 2)
    peers.loc[0, ["low", "high"]] = math.nan
    assert rank_range(interval([5, 6]), peers) == (2, 3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=FEWEST_PEERS, max_size=30))
def test_median_and_quartiles_are_those_of_linear_interpolation(values: list[float]) -> None:
    peers = pd.DataFrame({"value": values, "low": math.nan, "high": math.nan})
    found = standing(None, peers, True)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    assert found.median == pytest.approx(middle)
    assert (found.lower_quartile, found.upper_quartile) == (pytest.approx(low), pytest.approx(high))
    assert found.best is None, "a site without a value has no rank"


def test_fewer_than_five_peers_that_measure_it_are_not_enough() -> None:
    peers = peers_of([[1, 2]] * 4 + [[3, 4]])
    peers.loc[4, "value"] = math.nan
    assert standing(interval([5, 5]), peers, True) == Standing(4)
    assert not Standing(4).is_enough
