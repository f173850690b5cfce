"""percent_covers.csv of CoralNet: one row per image, one column per label, and at the end the mean of all images."""

from collections.abc import Callable, Iterator
from typing import Any

from connectors.base import Notice, Read, Refusal
from connectors.coralnet_files import Line, Table, cell, number_of
from connectors.errors import SourceChanged
from connectors.labelled_images import Image

METHOD = "CoralNet percent cover"
ALL_IMAGES = "ALL IMAGES"
BEFORE_LABELS = ("Image ID", "Image name", "Name", "Annotation status", "Points", "Annotation area")
# Three decimals in each row and in the mean, rounded apart.
MEAN_TOLERANCE = 0.0015
SUM_TOLERANCE = 1.0
LABELLED_BY = {"confirmed": "human", "unconfirmed": "machine"}

Described = Callable[[Line], dict[str, Any]]


def is_covers(table: Table) -> bool:
    """Whether the headings are those of percent covers."""
    return table.place("Annotation status") is not None


class Covers:
    """The images of one file; label columns are all behind the last column that every export has."""

    def __init__(self, table: Table, described: Described) -> None:
        """`described` says where and when the image of a row was taken."""
        self._table = table
        self._described = described
        self._name = table.required("Image name", "Name")
        self._id = table.place("Image ID")
        self._status = table.required("Annotation status")
        self._points = table.place("Points")
        fixed = [place for heading in BEFORE_LABELS if (place := table.place(heading)) is not None]
        self._first_label = max(fixed) + 1
        self.labels = table.headings[self._first_label :]
        if not self.labels:
            raise SourceChanged(f"{table.where} has no column for any label behind those of the images")
        self._sums, self._count = [0.0] * len(self.labels), 0
        self._stated: list[float] | None = None
        self._empty = self._odd_sums = 0

    def read(self) -> Iterator[Image | Refusal | Notice | Read]:
        """The images, one by one, and at the end what is odd about the file."""
        count = 0
        for line in self._table.rows():
            if ALL_IMAGES in (cell(line, self._id).upper(), cell(line, self._name).upper()):
                self._stated = [number_of(text.strip()) or 0.0 for text in line.cells[self._first_label :]]
                continue
            count += 1
            yield from self._image(line)
        yield Read(count)
        yield from self._notices()

    def _image(self, line: Line) -> Iterator[Image | Refusal]:
        name = cell(line, self._name)
        values = [number_of(text.strip()) for text in line.cells[self._first_label :]]
        if problem := self._problem(line, name, values):
            yield Refusal("reef_surveys", line.number, *problem, self._raw(line, values))
            return
        self._sums = [total + value for total, value in zip(self._sums, values, strict=True)]
        self._count += 1
        points = number_of(cell(line, self._points))
        status = cell(line, self._status).lower()
        if not sum(values) or points == 0 or status == "unclassified":
            self._empty += 1
            return
        self._odd_sums += abs(sum(values) - 100) > SUM_TOLERANCE
        percents: dict[str, float] = {}
        for label, value in zip(self.labels, values, strict=True):
            percents[label] = percents.get(label, 0.0) + value
        yield Image(
            image_id=cell(line, self._id) or name,
            name=name,
            percents=percents,
            points=int(points) if points else None,
            labelled_by=LABELLED_BY.get(status),
            number=line.number,
            **self._described(line),
        )

    def _problem(self, line: Line, name: str, values: list[float | None]) -> tuple[str, str | None, str] | None:
        if not name:
            return "Image name", None, "the image has no name"
        if len(values) != len(self.labels):
            reason = f"it has {len(line.cells)} cells and the heading has {len(self._table.headings)}"
            return "(row)", None, reason
        points = cell(line, self._points)
        number = number_of(points) if points else 0
        if number is None or number < 0:
            return "Points", points, "it is not a number of points"
        for place, value in enumerate(values):
            if value is None or not 0 <= value <= 100:
                # What is no number may be a remark in a column behind the labels.
                text = None if value is None else line.cells[self._first_label + place]
                return "a label", text, "it is not a percentage from 0 to 100"
        return None

    def _raw(self, line: Line, values: list[float | None]) -> str:
        numbers = [self._first_label + place for place, value in enumerate(values) if value is not None]
        return self._table.raw(line, self._id, self._name, self._status, self._points, *numbers)

    def _notices(self) -> Iterator[Notice]:
        where = self._table.where
        if self._empty:
            yield Notice(f"{where}: {self._empty} images have no classified point and give no figure")
        if self._odd_sums:
            yield Notice(f"{where}: in {self._odd_sums} images the labels do not add up to 100 %; they are kept so")
        if self._stated and self._count:
            means = zip(self.labels, self._sums, self._stated, strict=False)
            wrong = [label for label, total, mean in means if abs(total / self._count - mean) > MEAN_TOLERANCE]
            if wrong:
                shown = ", ".join(repr(label) for label in wrong[:3])
                yield Notice(
                    f"{where}: the row {ALL_IMAGES} is not the mean of its {self._count} images in {len(wrong)} labels "
                    f"(such as {shown}); the images count"
                )
