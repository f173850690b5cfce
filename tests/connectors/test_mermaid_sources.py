"""The same invented surveys say the same as summaries, as views of projects and as a field report."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.mermaid_answers import Pull, event, pull, views
from tests.connectors.mermaid_report import save, sheets_of

CATEGORIES = ("Hard coral", "Soft coral", "Macroalgae", "Turf algae", "Crustose coralline algae", "Sand")
CLASSES = ("normal", "pale", "20", "50", "80", "100", "dead", "bleached")

hundredths = st.integers(0, 10_000).map(lambda number: number / 100)
# Decimals come as numbers or as text.
percents = st.one_of(hundredths, hundredths.map(lambda number: f"{number:.2f}"))
units = st.integers(1, 20)


def part(**figures: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"sample_unit_count": units, "depth_avg": hundredths, **figures})


covers = part(
    percent_cover_benthic_category_avg=st.dictionaries(st.sampled_from(CATEGORIES), percents, min_size=1).filter(
        lambda found: set(found) != {"Sand"}
    ),
    percent_cover_benthic_category_sd=st.dictionaries(st.sampled_from(CATEGORIES), percents),
)
# Both methods of the bleaching view are measured on the same quadrats.
bleaching = st.tuples(
    part(**{f"percent_{name}_avg": percents for name in CLASSES}, percent_bleached_sd=percents),
    st.fixed_dictionaries(
        {name: percents for name in ("percent_hard_avg_avg", "percent_hard_avg_sd", "percent_soft_avg_avg")}
    ),
).map(
    lambda found: {
        "colonies_bleached": found[0],
        "quadrat_benthic_percent": {
            **{name: found[0][name] for name in ("sample_unit_count", "depth_avg")},
            **found[1],
        },
    }
)
protocols = st.tuples(
    st.dictionaries(st.sampled_from(("benthicpit", "benthiclit", "benthicpqt")), covers, min_size=1),
    st.one_of(st.just({}), bleaching),
    st.fixed_dictionaries(
        {},
        optional={
            "beltfish": part(biomass_kgha_avg=percents, biomass_kgha_sd=percents),
            "habitatcomplexity": part(
                score_avg_avg=st.integers(0, 500).map(lambda number: number / 100), score_avg_sd=st.just("0.50")
            ),
        },
    ),
).map(lambda found: {**found[0], **found[1], **found[2]})
surveys = st.lists(protocols, min_size=1, max_size=4).map(
    lambda found: [event(number, one) for number, one in enumerate(found, 1)]
)


def told(pulled: Pull) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    keys, columns = ("station", "method", "metric"), ("value", "value_sd", "sample_units", "depth_m", "surveyed_on")
    return {tuple(row[key] for key in keys): tuple(row[name] for name in columns) for row in pulled.rows}


@settings(max_examples=40, deadline=None)
@given(surveys)
def test_every_source_gives_the_same_figures(events: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        summary = folder / "summary.json"
        summary.write_text(json.dumps({"results": events}))
        saved = folder / "views"
        saved.mkdir()
        for family, rows in views(*events).items():
            (saved / f"{family}.json").write_text(json.dumps(rows))
        report = save(folder / "report.xlsx", sheets_of(*events))
        pulls = [pull(str(path), folder / "pull") for path in (summary, saved, report)]
    first = pulls[0]
    assert len(first.rows) == len(told(first))
    for other in pulls[1:]:
        assert told(other) == told(first)
        assert len(other.rows) == len(first.rows)
        assert other.figures == first.figures
