"""A figure with its sample: no number leaves `metrics/` without saying what it rests on."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Result:
    """One figure: value and unit, what it was computed from, or why there is none.

    `n` counts `of` (for instance 29 detections); `interval` is the 95 % confidence interval in the same unit;
    `machine_share` the share (0-1) of the sample that only a machine labelled; `newest` the moment, or the day, of the
    newest record in it.
    """

    value: float | None
    unit: str
    n: int
    of: str
    interval: tuple[float, float] | None = None
    newest: datetime | date | None = None
    machine_share: float | None = None
    missing: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.missing):
            raise ValueError("a result has either a value or the reason why it is missing")


def nothing(unit: str, of: str, reason: str, n: int = 0) -> Result:
    """No number, and the reason; never a zero."""
    return Result(None, unit, n, of, missing=reason)
