"""The heat on the invented reefs: text files of virtual stations in the form of NOAA Coral Reef Watch."""

from datetime import date, timedelta

import numpy as np

from demo.chance import normal, uniform
from demo.reefs import DAYS_PER_YEAR, REEFS, Reef

PREFIX = "/coral-reef-watch/"
YEARS = 6
DAYS_LATE = 2
WINDOW_DAYS = 84
LEVEL_DAYS = 7
LOWEST_COUNTED_C = 1.0
LIKELY_DHW, SEVERE_DHW = 4.0, 8.0
KNOT_DAYS = 12
SUMMER_DAYS = 30
OMITTED_SHARE = 0.004
COLUMNS = "YYYY MM DD SST_MIN SST_MAX SST@90th_HS SSTA@90th_HS 90th_HS>0 DHW_from_90th_HS>1 BAA_7day_max"


def path(reef: Reef) -> str:
    """Where the server has the file of a reef."""
    return f"{PREFIX}{reef.key}.txt"


def station_file(asked: str, today: date) -> str | None:
    """The file at this path, up to two days before `today`; None when there is none."""
    reef = next((reef for reef in REEFS if path(reef) == asked), None)
    return _file(reef, today) if reef else None


def _file(reef: Reef, today: date) -> str:
    first = date(today.year - YEARS, 1, 1)
    dhw_valid = first + timedelta(days=WINDOW_DAYS - 1)
    level_valid = dhw_valid + timedelta(days=LEVEL_DAYS - 1)
    number = np.arange((today - first).days - DAYS_LATE + 1)
    warmest = (date(first.year, *reef.hottest) - first).days
    monthly = [_usual(reef, month * DAYS_PER_YEAR / 12 + 15 - warmest) for month in range(12)]
    usual = _usual(reef, number - warmest)
    sst = (usual + _anomaly(reef, number, first, today)).round(2)
    hotspot = np.maximum(sst - round(max(monthly), 4), 0).round(4)
    dhw = _dhw(hotspot)
    level = _levels(hotspot, dhw)
    dhw[: WINDOW_DAYS - 1] = 0
    level[: WINDOW_DAYS + LEVEL_DAYS - 2] = 0
    spread = (0.5 + 0.4 * uniform("coolest pixel", reef.number, number)).round(2)
    is_told = _is_told(reef, number)
    lines = [
        f"{first + timedelta(days=int(n)):%Y %m %d} {sst[n] - spread[n]:.4f} {sst[n] + spread[n] / 3:.2f}00 "
        f"{sst[n]:.4f} {sst[n] - usual[n]:11.4f} {hotspot[n]:12.4f} {dhw[n]:9.4f} {level[n]:12d}"
        for n in number[is_told]
    ]
    return "\n".join([*_heading(reef, monthly, dhw_valid, level_valid), COLUMNS, *lines]) + "\n"


def _usual(reef: Reef, days_after_peak: np.ndarray | float) -> np.ndarray:
    mean, amplitude = reef.warmth_c
    return mean + amplitude * np.cos(2 * np.pi * np.asarray(days_after_peak) / DAYS_PER_YEAR)


def _anomaly(reef: Reef, number: np.ndarray, first: date, today: date) -> np.ndarray:
    """Weather of some weeks and of the day, and what each summer has more than usual (degC)."""
    knots = np.arange(number[-1] // KNOT_DAYS + 2)
    anomaly = np.interp(number, knots * KNOT_DAYS, 0.34 * normal("sea weather", reef.number, knots))
    for back in range(YEARS + 1):
        peak = date(today.year - back, *reef.hottest)
        more_c = reef.heat_c if peak == reef.peak(today) else 0.75 * uniform("summer", reef.number, back)
        anomaly += more_c * np.exp(-(((number - (peak - first).days) / SUMMER_DAYS) ** 2) / 2)
    return anomaly + 0.06 * normal("sea day", reef.number, number)


def _dhw(hotspot: np.ndarray) -> np.ndarray:
    """HotSpots of at least 1 degC over 84 days, by week (degC-weeks)."""
    counted = np.where(hotspot >= LOWEST_COUNTED_C, hotspot, 0)
    total = np.cumsum(np.concatenate([np.zeros(WINDOW_DAYS), counted]))
    return ((total[WINDOW_DAYS:] - total[:-WINDOW_DAYS]).round(4) / 7).round(4)


def _levels(hotspot: np.ndarray, dhw: np.ndarray) -> np.ndarray:
    """The highest alert level of the last seven days: no stress, watch, warning, alert 1, alert 2."""
    is_hot = hotspot >= LOWEST_COUNTED_C
    daily = np.select([hotspot <= 0, ~is_hot, dhw < LIKELY_DHW, dhw < SEVERE_DHW], [0, 1, 2, 3], default=4)
    padded = np.concatenate([np.zeros(LEVEL_DAYS - 1, dtype=int), daily])
    return np.lib.stride_tricks.sliding_window_view(padded, LEVEL_DAYS).max(axis=1)


def _is_told(reef: Reef, number: np.ndarray) -> np.ndarray:
    """All days, or all but a few in the middle."""
    is_end = (number == 0) | (number == number[-1])
    return is_end | (not reef.omits_days) | (uniform("omitted day", reef.number, number) >= OMITTED_SHARE)


def _heading(reef: Reef, monthly: list[np.ndarray], dhw_valid: date, level_valid: date) -> list[str]:
    """The heading; its dates are written year, day, month."""
    told = {
        "Name": reef.name,
        "Polygon Middle Longitude": f"{reef.site.longitude:.4f} ",
        "Polygon Middle Latitude": f"{reef.site.latitude:.4f} ",
        "Averaged Maximum Monthly Mean": f"{max(monthly):.4f}",
        "Averaged Monthly Mean (Jan-Dec)": " ".join(f"{mean:.4f}" for mean in monthly),
        "First Valid DHW Date": f"{dhw_valid:%Y %d %m}",
        "First Valid BAA Date": f"{level_valid:%Y %d %m}",
    }
    return [line for label, value in told.items() for line in (f"{label}:", value, " ")]
