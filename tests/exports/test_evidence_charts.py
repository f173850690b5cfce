"""Charts of the evidence pack: text that is read, searched and printed, the same each time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from xml.etree import ElementTree

import matplotlib as mpl
import packs
import pandas as pd
import pytest

from exports.evidence_charts import ROLE_STYLES, STATE_STYLES, criteria_chart, history_chart
from exports.evidence_tables import ROLE_WORDS
from metrics.readiness import CRITERION_STATES, ROLES

SVG = "{http://www.w3.org/2000/svg}"
HEADING = ("Wide Valley", "Assessment of 2026")
STATES = packs.states(packs.ratings())
HISTORY = packs.pack().history


def drawn(svg: bytes) -> list[str]:
    """All that the chart shows as text."""
    return ["".join(text.itertext()).strip() for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def told(svg: bytes, element: str) -> str:
    return ElementTree.fromstring(svg).find(f"{SVG}{element}").text


def criteria(states: pd.DataFrame = STATES, heading: tuple[str, str] = HEADING, is_demo: bool = False) -> bytes:
    return criteria_chart(packs.STANDARD, states, heading, is_demo)


def history(points: pd.DataFrame = HISTORY, heading: tuple[str, str] = HEADING, is_demo: bool = False) -> bytes:
    return history_chart(points, 17, heading, is_demo)


def test_every_criterion_component_and_role_is_written():
    words = drawn(criteria())
    for one in (*packs.STANDARD.criteria.values(), *packs.STANDARD.components.values()):
        assert f"{one.number} {one.title}" in words
    assert set(ROLE_WORDS.values()) <= set(words)


def test_every_cell_has_a_sign_and_a_word():
    cells = [word for word in drawn(criteria()) if word[:1] in "●○–"]
    # Of 17 criteria by 3 roles: 2.1 by the site and the expert group and 3.4 by the reviewer are met; 3.4 is not met
    # by the first two. Each state stands once more in the legend.
    counts = {state: sum(word.startswith(state) for word in cells) for state in ("● Met", "○ Not met", "– Not known")}
    assert counts == {"● Met": 3 + 1, "○ Not met": 2 + 1, "– Not known": 46 + 1}
    assert "● Met 3/3" in cells


def test_a_criterion_is_described_by_each_role():
    described = told(criteria(), "desc")
    assert "3.4 Manage threats: The site itself Not met 0/1, Expert group Not met 0/1, Reviewer Met 1/1" in described


def test_a_role_that_is_not_in_the_pack_has_no_column():
    words = drawn(criteria(packs.states(packs.ratings(), ("reviewer",))))
    assert ROLE_WORDS["reviewer"] in words
    assert not {ROLE_WORDS["self"], ROLE_WORDS["expert_group"]} & set(words)


def test_criteria_that_nobody_rated_are_still_listed():
    svg = criteria(STATES.iloc[:0])
    assert "Nobody has rated" in drawn(svg)
    assert "3.4 Manage threats: nobody has rated" in told(svg, "desc")


def test_history_tells_every_point_and_role():
    svg = history()
    assert told(svg, "desc") == (
        "The site itself, 2024-01-05: 3 of 17; Reviewer, 2026-01-02: 2 of 17; The site itself, 2026-01-02: 1 of 17"
    )
    words = drawn(svg)
    assert {ROLE_WORDS["self"], ROLE_WORDS["reviewer"]} <= set(words)
    assert ROLE_WORDS["expert_group"] not in words
    assert {"17", "1", "2", "Criteria met"} <= set(words)


@pytest.mark.parametrize("points", [[], [(None, "self", 3)], [(date(2026, 1, 2), "self", None)]])
def test_history_without_points_says_so(points):
    svg = history(pd.DataFrame(points, columns=["assessed_on", "role", "met"]))
    assert "No assessment of a known day is here." in drawn(svg)


def test_one_assessment_alone_is_a_history_too():
    svg = history(HISTORY.iloc[:1])
    assert told(svg, "desc") == "The site itself, 2024-01-05: 3 of 17"


@pytest.mark.parametrize("chart", [criteria, history])
def test_a_chart_is_named_for_those_who_hear_it(chart):
    root = ElementTree.fromstring(chart())
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text.endswith(": Wide Valley; Assessment of 2026")
    assert set(HEADING) <= set(drawn(chart()))


@pytest.mark.parametrize("chart", [criteria, history])
def test_a_chart_of_invented_data_says_so_in_sight_and_in_its_name(chart):
    svg = chart(is_demo=True)
    assert "Demo data: these numbers are made up." in drawn(svg)
    assert told(svg, "title").startswith("Demo data")
    assert b"Demo data" not in chart()


@pytest.mark.parametrize("chart", [criteria, history])
def test_a_hostile_heading_stays_text(chart):
    hostile = '</text><script>alert(1)</script>&amp;"$x_y$ \x00\x0b保护区\nsecond ' + "long " * 50
    svg = chart(heading=(hostile, "]]><!--"))
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert "保护区 second long" in root[0].text
    shown = next(word for word in drawn(svg) if word.startswith("</text><script>"))
    assert len(shown) == 85
    assert shown.endswith("…")


@pytest.mark.parametrize("chart", [criteria, history])
def test_a_chart_brings_nothing_from_outside(chart):
    root = ElementTree.fromstring(chart())
    links = [value for one in root.iter() for name, value in one.attrib.items() if name.endswith("href")]
    assert all(link.startswith("#") for link in links)
    assert not list(root.iter(f"{SVG}image"))


def test_charts_are_the_same_in_another_process():
    code = "import packs, hashlib; print(hashlib.sha256(packs.build(packs.pack())).hexdigest())"
    paths = [path for path in sys.path if path]
    run = [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"]
    seen = {subprocess.run(run, capture_output=True, text=True, check=True).stdout for _ in range(2)}
    assert len(seen) == 1
    assert len(seen.pop().strip()) == 64


def test_charts_of_many_readers_at_once_are_the_same_and_leave_no_options():
    before = dict(mpl.rcParams)
    with ThreadPoolExecutor(4) as readers:
        drawn_at_once = list(readers.map(lambda number: (criteria, history)[number % 2](), range(8)))
    assert set(drawn_at_once) == {criteria(), history()}
    assert dict(mpl.rcParams) == before


def test_states_and_roles_differ_in_more_than_colour():
    assert set(STATE_STYLES) == set(CRITERION_STATES)
    assert set(ROLE_STYLES) == set(ROLE_WORDS) == set(ROLES)
    assert len({(marker, str(line)) for _, marker, _, line in ROLE_STYLES.values()}) == len(ROLES)


@pytest.mark.parametrize("state", CRITERION_STATES)
def test_words_in_a_cell_stand_out_from_its_fill(state):
    fill, ink, _ = STATE_STYLES[state]
    assert contrast(fill, ink) >= 4.5


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
