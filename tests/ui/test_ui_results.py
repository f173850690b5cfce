"""A figure is shown with its sample, or as a dash with its reason."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from metrics.rates import detection_rate
from metrics.result import Result, nothing
from ui import results


def test_figure_shows_sample_interval_machine_share_and_age():
    newest = datetime(2026, 11, 22, 18, tzinfo=UTC)
    shown = results.sample(Result(16.4, "per 100", 120, "detections", (13.6, 19.6), newest, 1 / 3))
    assert shown == (
        "n = 120 detections · 95 % interval 13.6–19.6 · 33 % labelled by a machine only · newest 22 Nov 2026, 18:00 UTC"
    )


def test_missing_figure_is_a_dash_with_its_reason():
    missing = nothing("%", "records", "the earlier period has none", n=3)
    assert (results.value(missing), results.sample(missing)) == ("–", "The earlier period has none.")
    assert (results.share(missing), results.compared(missing)) == ("–", {})


@given(st.integers(0, 10_000), st.floats(10, 1e6))
def test_shown_rate_is_the_metric_rounded(detections, nights):
    rate = detection_rate(detections, nights)
    assert abs(float(results.value(rate, 1).replace(",", "")) - rate.value) <= 0.0501


def test_help_says_how_the_metric_is_computed():
    assert results.how(detection_rate).startswith("Detections per 100 trap nights")


def test_change_carries_its_sign():
    assert results.compared(Result(8.44, "%", 10, "records"))["delta"] == "+8.4 %"
    assert results.compared(Result(-8.44, "%", 10, "records"))["delta"] == "-8.4 %"
