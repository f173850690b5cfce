"""The demo's CoralNet: points on photographs of the reef that is planted, labelled by people and by a robot."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from demo.chance import normal, uniform
from demo.reefs import HARD_CORAL, HOT_YEARS_AGO, PLANTED_REEF, Station, cover

PREFIX = "/coralnet/"
PATH = f"{PREFIX}annotations.csv"
LABELS = Path(__file__).with_name("coral_labels.csv")
IMAGES = 10
POINTS = 50
# The robot labels since the year of the hot summer; people check a part of its points.
CHECKED_SHARE = 0.35
UNCHECKED_IMAGES_SHARE = 0.3
# Each category by its labels, with their shares in it.
CODES = {
    HARD_CORAL: {"ACRO": 0.46, "POCI": 0.22, "PORI": 0.2, "PAVO": 0.12},
    "Soft coral": {"SOFT": 1.0},
    "Macroalgae": {"MACR": 0.7, "HALI": 0.3},
    "Turf algae": {"TURF": 1.0},
    "Crustose coralline algae": {"CCA": 1.0},
    "Sand": {"SAND": 1.0},
    "Rubble": {"RUBB": 1.0},
}
LABEL_CODES = np.array([code for codes in CODES.values() for code in codes])
HEADINGS = (
    *("Name", "Date", "Site", "Latitude", "Longitude", "Depth", "Row", "Column", "Label code", "Annotator"),
    *("Date annotated", "Machine suggestion 1", "Machine confidence 1"),
)
PIXELS = (3000, 4000)


def annotations_csv(today: date) -> str:
    """Every point of every image of every survey before `today`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for station in PLANTED_REEF.stations:
        for day in PLANTED_REEF.survey_days(station, today):
            writer.writerows(_points(station, day, today))
    return text.getvalue()


def _points(station: Station, day: date, today: date) -> list[tuple[object, ...]]:
    image, point = np.meshgrid(np.arange(IMAGES), np.arange(POINTS), indexing="ij")
    keys = (station.number, today.year - day.year, day.month, image, point)
    ends = np.cumsum(_shares(station, day, today), axis=1)
    drawn = (uniform("coral point", *keys)[..., None] >= ends[:, None, :]).sum(axis=2)
    codes = LABEL_CODES[np.minimum(drawn, len(LABEL_CODES) - 1)]
    is_robot = day.year >= today.year - HOT_YEARS_AGO
    is_left = uniform("left to the robot", *keys[:3], image) < UNCHECKED_IMAGES_SHARE
    is_checked = ~(is_robot & (is_left | (uniform("checked", *keys) >= CHECKED_SHARE)))
    row, column = ((size * uniform(f"pixel of {size}", *keys)).astype(int) for size in PIXELS)
    confidence = (55 + 44 * uniform("machine confidence", *keys)).astype(int)
    longitude, latitude = PLANTED_REEF.position(station)
    depth = f"{2 + 5 * float(uniform('reef depth', station.number)):.1f}m"
    annotated = f"{day + timedelta(days=9)} 09:30:00+00:00"
    return [
        (
            f"{station.number:02d}_{day:%Y%m%d}_{image[cell] + 1:02d}.JPG",
            *(day, station.name, latitude, longitude, depth, row[cell], column[cell], codes[cell]),
            "diver" if is_checked[cell] else "robot",
            annotated,
            *((codes[cell], confidence[cell]) if is_robot else ("", "")),
        )
        for cell in np.ndindex(image.shape)
    ]


def _shares(station: Station, day: date, today: date) -> np.ndarray:
    """The share of each label in each image (rows); corals stand in patches, so images differ."""
    image = np.arange(IMAGES)
    keys = (station.number, today.year - day.year, day.month, image)
    columns = [
        pct * share * np.exp(0.35 * normal(f"patch of {category}", *keys) - 0.35**2 / 2)
        for category, pct in cover(PLANTED_REEF, station, day, today).items()
        for share in CODES[category].values()
    ]
    shares = np.column_stack(columns)
    return shares / shares.sum(axis=1, keepdims=True)
