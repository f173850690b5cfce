"""Images of the sea floor with labelled points: the cover that the labels of each image give, and what they leave open.

A cover is the percent of all points of an image whose label belongs to the group of the metric. Points whose label has
no group make it a lower bound; they are never counted as something else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from connectors.base import Notice, Parsed, Rows, Source
from connectors.coralnet_labels import METRIC_OF, Groups
from connectors.reef_figures import reef_figures
from data.schema import REEF_SURVEYS

HARD_CORAL = "hard_coral_pct"
SHOWN = 50
DECIMALS = 4
BLOCK_IMAGES = 5_000


@dataclass(frozen=True)
class Image:
    """One image: its points as percent by label, and what the source says of where and when it was taken.

    `points` is empty where the source does not say how many there were; `number` is its first row in the file.
    """

    image_id: str
    name: str
    percents: Mapping[str, float]
    points: int | None
    labelled_by: str | None
    number: int
    station: str | None
    surveyed_on: date | None
    depth_m: float | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Told:
    """An image with the way its file tells of it, and the metrics of which at least one label of the file is known."""

    image: Image
    method: str
    metrics: tuple[str, ...]


@dataclass
class LabelledImages:
    """All images of one pull; `labels` gives the group of each label, None where it is not known."""

    groups: Groups
    labels: dict[str, str | None] = field(default_factory=dict)
    images: list[Told] = field(default_factory=list)

    @property
    def unmatched(self) -> list[str]:
        """The labels without a group, in the order in which they were met; a point without any label is not one."""
        return [label for label, group in self.labels.items() if label and group is None]

    def metrics(self, labels: Iterable[str]) -> tuple[str, ...]:
        """The metrics that these labels, all those of one file, say anything of."""
        labels = tuple(labels)
        self.labels |= {label: self.groups.of(label) for label in labels if label not in self.labels}
        return tuple(dict.fromkeys(METRIC_OF[group] for label in labels if (group := self.labels[label]) in METRIC_OF))

    def rows(self, source: Source) -> Iterator[Parsed]:
        """The rows of all images that give a figure, in blocks."""
        without_site: set[str] = set()
        for start in range(0, len(self.images), BLOCK_IMAGES):
            rows: list[dict[str, Any]] = []
            numbers: list[int] = []
            for told in self.images[start : start + BLOCK_IMAGES]:
                found = list(self._rows(source, told))
                if found and found[0]["site_id"] is None:
                    without_site.add(told.image.image_id)
                    continue
                rows += found
                numbers += [told.image.number] * len(found)
            table = pa.Table.from_pylist(rows, schema=REEF_SURVEYS.arrow_schema)
            yield Rows(REEF_SURVEYS.name, table, numbers=pa.array(numbers, pa.int64()))
        if without_site:
            text = f"{len(without_site)} images are of a station for which no site is configured: counted, not stored"
            yield Notice(text)

    def figures(self, source: Source) -> dict[str, Any]:
        """What the images say together.

        `surveys` are stations on a day, `points` is empty where a file does not count them, `hard_coral_pct_mean`
        gives every image with a figure the same weight.
        """
        images = [told.image for told in self.images]
        points = [image.points for image in images]
        return reef_figures(
            stations={image.station or source.name for image in images},
            surveys={(image.station or source.name, image.surveyed_on) for image in images},
            images=len(images),
            points=None if None in points else sum(points),
            covers=[
                self._cover(told.image, HARD_CORAL)
                for told in self.images
                if HARD_CORAL in told.metrics and self._gives_figure(told.image)
            ],
            days=[image.surveyed_on for image in images if image.surveyed_on],
            unmatched_labels=self.unmatched,
        )

    def notices(self) -> Iterator[Notice]:
        """What the labels leave open."""
        if without := sum(HARD_CORAL not in told.metrics for told in self.images):
            yield Notice(
                f"{without} images are of files in which no label is known to be hard coral: they give no figure of "
                "it, which is not zero"
            )
        if silent := sum(not self._gives_figure(told.image) for told in self.images):
            yield Notice(f"{silent} images have only labels without a group: they give no figure, which is not zero")
        if unmatched := self.unmatched:
            shares = [self._unmatched_pct(told.image) for told in self.images]
            share = sum(shares) / max(1, len(shares))
            more = f" and {len(unmatched) - SHOWN} more" if len(unmatched) > SHOWN else ""
            yield Notice(
                f"{len(unmatched)} labels, {share:.1f} % of the points on average, have no group in the table, so each "
                f"cover is a lower bound: {', '.join(repr(label) for label in unmatched[:SHOWN])}{more}"
            )

    def _cover(self, image: Image, metric: str) -> float:
        return sum(pct for label, pct in image.percents.items() if METRIC_OF.get(self.labels[label] or "") == metric)

    def _unmatched_pct(self, image: Image) -> float:
        return sum(pct for label, pct in image.percents.items() if self.labels[label] is None)

    def _gives_figure(self, image: Image) -> bool:
        """Without a table every label but that of a coral is unknown, so an image of unknown ones may hold none."""
        if not self.groups.is_given:
            return True
        return any(pct for label, pct in image.percents.items() if self.labels[label] is not None)

    def _rows(self, source: Source, told: Told) -> Iterator[dict[str, Any]]:
        image = told.image
        if not self._gives_figure(image):
            return
        unmatched_pct = self._unmatched_pct(image)
        for metric in told.metrics:
            value = round(self._cover(image, metric), DECIMALS)
            yield {
                "survey_id": image.image_id,
                "site_id": source.site_of(image.station, source.name),
                "station": image.station or source.name,
                "surveyed_on": image.surveyed_on,
                "method": told.method,
                "metric": metric,
                "value": value,
                "value_high": round(value + unmatched_pct, DECIMALS) if unmatched_pct else None,
                "sample_units": 1,
                "points": image.points,
                "labelled_by": image.labelled_by,
                "depth_m": image.depth_m,
                "latitude": image.latitude,
                "longitude": image.longitude,
            }
