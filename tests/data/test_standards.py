"""Standards as data: their published shape, which ids belong to them, adapted sets, and files that are refused."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import data.standards
from connectors import imet_scores
from connectors.mett_questions import PLACES, QUESTIONS, QUESTIONS_MAX
from data.schema import TOOLS
from data.standards import adapted, criterion_of, standard, standards

GENERIC = standard()
ADAPTED = """
standard = "GLS-1.1"
jurisdiction = "XYZ"
version = "1"
since = {since}
"""


def test_the_standard_has_its_published_shape():
    green_list = standard()
    assert len(green_list.components) == 4
    assert len(green_list.criteria) == 17
    assert green_list.indicator_count == 50
    by_component = [sum(one.component == number for one in green_list.criteria.values()) for number in "1234"]
    assert by_component == [3, 4, 7, 3]


def test_described_indicators_are_fewer_than_all_and_belong_to_their_criterion():
    green_list = standard()
    assert len(green_list.indicators) < green_list.indicator_count
    counted = [one.indicator_count or 0 for one in green_list.components.values()]
    assert sum(counted) <= green_list.indicator_count
    for indicator_id, indicator in green_list.indicators.items():
        assert indicator_id.startswith(f"GLS-V1.1-{indicator.criterion}.")
        assert len(indicator.text) <= 90


def test_counts_that_no_source_states_are_unknown():
    counts = {number: one.indicator_count for number, one in standard().criteria.items()}
    assert (counts["1.1"], counts["2.1"]) == (6, 4)
    assert counts["3.4"] is None
    assert all(one.count_known or one.count_note for one in standard().criteria.values())


def test_an_indicator_between_two_known_ones_exists_though_nobody_describes_it():
    by_criterion: dict[str, set[int]] = {}
    for indicator in standard().indicators.values():
        by_criterion.setdefault(indicator.criterion, set()).add(int(indicator.indicator_id.rsplit(".", 1)[1]))
    lists = {number: numbers == set(range(1, max(numbers) + 1)) for number, numbers in by_criterion.items()}
    assert all(lists.values())
    undescribed = {one.indicator_id for one in standard().indicators.values() if one.basis == "unknown"}
    assert undescribed == {"GLS-V1.1-1.2.3", "GLS-V1.1-1.3.2"}


def test_every_standard_is_of_a_tool_that_assessments_know():
    assert {one.tool for one in standards().values()} < set(TOOLS)
    assert list(standards()) == ["GLS-1.1", "METT-1", "METT-3", "METT-4", "IMET-v2"]


@pytest.mark.parametrize("version", ["METT-1", "METT-3"])
def test_questions_of_the_mett_have_the_names_and_numbers_that_tables_have(version):
    known = standard(version)
    numbers = {one.indicator_id.removeprefix(f"{version}-"): one.number for one in known.indicators.values()}
    assert sorted(numbers.values()) == list(range(1, QUESTIONS_MAX[version] + 1))
    assert numbers.keys() < QUESTIONS.keys()
    assert {name: numbers[name] for name in PLACES[version]} == PLACES[version]
    assert {(one.low, one.high) for one in known.indicators.values()} == {(0, 3)}
    assert known.is_known(f"{version}-fees")
    assert not known.is_known(f"{version}-GLS-V1.1-1.1.1")


@pytest.mark.parametrize(
    ("question", "is_known"), [("q1", True), ("q38", True), ("q39", False), ("q0", False), ("q01", False), ("", False)]
)
def test_questions_of_the_newest_mett_are_told_by_number(question, is_known):
    assert standard("METT-4").is_known(f"METT-4-{question}") == is_known
    assert not standard("METT-4").is_known("7")


def test_the_imet_has_every_score_that_is_computed():
    computed = {f"IMET-v2-{name}" for step in imet_scores.scores({}, {}).values() for name in step}
    assert set(standard("IMET-v2").indicators) == computed


@pytest.mark.parametrize(
    ("indicator_id", "criterion", "is_known"),
    [
        ("GLS-V1.1-3.4.2", "3.4", True),
        ("GLS-V1.1-3.4.12", "3.4", True),
        ("GLS-V1.1-3.8.1", "3.8", False),
        ("GLS-V2.0-3.4.1", "3.4", False),
        ("GLS-V1.1-3.4", None, False),
        ("METT-4-legal_status", None, False),
        ("GLS-V1.1-3.4.2\n", None, False),
    ],
)
def test_an_id_names_its_criterion(indicator_id, criterion, is_known):
    assert criterion_of(indicator_id) == criterion
    assert standard().is_known(indicator_id) == is_known


@given(st.text(max_size=20))
def test_any_other_text_is_no_indicator(text):
    if not re.fullmatch(r"GLS-V\d+\.\d+-\d\.\d\.\d+", text):
        assert criterion_of(text) is None


def adapt(folder: Path, text: str, since: str = "2025-01-01", name: str = "xyz.toml") -> Path:
    (folder / name).write_text(ADAPTED.format(since=since) + text)
    return folder


def test_a_jurisdiction_adds_rewords_and_leaves_out(tmp_path):
    folder = adapt(
        tmp_path,
        """
        adds = [{ id = "GLS-V1.1-3.4.5", text = "Fences are checked each month" }]
        replaces = [{ id = "GLS-V1.1-1.1.5", text = "Both halves of the council take part" }]
        leaves_out = [{ id = "GLS-V1.1-1.1.3", reason = "No community lives there" }]
        """,
    )
    found = adapted("GLS-1.1", "XYZ", None, folder)
    assert found.jurisdiction == "XYZ"
    assert set(found.indicators) ^ set(GENERIC.indicators) == {"GLS-V1.1-3.4.5", "GLS-V1.1-1.1.3"}
    changed = {one for one in found.indicators if found.indicators[one] != GENERIC.indicators.get(one)}
    assert changed == {"GLS-V1.1-3.4.5", "GLS-V1.1-1.1.5"}
    assert not any(found.indicators[one].is_generic for one in changed)
    assert found.criteria["1.1"].indicator_count == 5
    assert not found.criteria["3.4"].count_known
    assert found.indicator_count == GENERIC.indicator_count
    assert found.criteria.keys() == GENERIC.criteria.keys()
    assert not found.is_known("GLS-V1.1-1.1.3")
    assert found.is_known("GLS-V1.1-3.4.5")


def test_where_no_set_is_known_the_generic_indicators_stand(tmp_path):
    assert adapted("GLS-1.1", "XYZ", None, tmp_path) is GENERIC
    assert not adapted("GLS-1.1", "XYZ").jurisdiction


def test_the_newest_set_in_force_counts(tmp_path):
    adapt(tmp_path, "", "2020-01-01", "a.toml")
    folder = adapt(tmp_path, 'adds = [{ id = "GLS-V1.1-3.4.5", text = "More" }]', "2024-06-01", "b.toml")
    days = (date(2019, 12, 31), date(2020, 1, 1), date(2024, 5, 31), date(2024, 6, 1), None)
    found = [adapted("GLS-1.1", "XYZ", day, folder) for day in days]
    assert [one.jurisdiction for one in found] == ["", "XYZ", "XYZ", "XYZ", "XYZ"]
    assert ["GLS-V1.1-3.4.5" in one.indicators for one in found] == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('leaves_out = [{ id = "GLS-V1.1-9.9.1", reason = "x" }]', "no indicator GLS-V1.1-9.9.1"),
        ('replaces = [{ id = "METT-1-fees", text = "x" }]', "no indicator METT-1-fees"),
        ('adds = [{ id = "GLS-V1.1-1.1.1", text = "x" }]', "GLS-V1.1-1.1.1 cannot be added"),
        ('adds = [{ id = "own-1", text = "x" }]', "own-1 cannot be added"),
        (f'adds = [{{ id = "GLS-V1.1-3.4.1", text = "{"x" * 91}" }}]', "1 to 90 letters"),
        (
            'adds = [{ id = "GLS-V1.1-3.4.1", text = "x" }]\nleaves_out = [{ id = "GLS-V1.1-3.4.1", reason = "x" }]',
            "stands in two lists",
        ),
    ],
)
def test_an_adapted_set_that_does_not_fit_is_refused_by_name(tmp_path, text, complaint):
    with pytest.raises(ValueError, match=f"xyz.toml: .*{complaint}"):
        adapted("GLS-1.1", "XYZ", None, adapt(tmp_path, text))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('number = "3.4"', 'number = "7.4"', "criterion 7.4 is of no component"),
        ('number = "3.4"', 'number = "3.3"', "a criterion stands there twice"),
        ('number = "3.1"', 'number = "3.8"', "indicator GLS-V1.1-3.1.1 is of no criterion"),
        ('id = "GLS-V1.1-2.1.4"', 'id = "GLS-V1.1-2.2.4"', "criterion 2.1 has 3 indicators"),
        ('id = "GLS-V1.1-2.1.4"', 'id = "GLS-V1.1-2.1.3"', "an indicator stands there twice"),
    ],
)
def test_a_standard_that_contradicts_itself_is_refused_by_name(tmp_path, monkeypatch, old, new, complaint):
    text = (data.standards.FOLDER / "green_list_v1_1.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / "green_list_v9.toml").write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(data.standards, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=f"green_list_v9.toml: {complaint}"):
        standards.__wrapped__()
