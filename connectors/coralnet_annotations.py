"""annotations.csv of CoralNet: one row per point, added up to images here; who labelled a point is never kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.base import Notice, Read, Refusal
from connectors.coralnet_covers import Described
from connectors.coralnet_files import Line, Table, cell
from connectors.labelled_images import Image

METHOD = "CoralNet annotations"
LABEL = ("Label code", "Label", "Label ID")


@dataclass
class _Counted:
    """The points of one image so far."""

    number: int
    described: dict[str, Any]
    labels: Counter[str] = field(default_factory=Counter)
    makers: set[str] = field(default_factory=set)


def is_annotations(table: Table) -> bool:
    """Whether the headings are those of single points."""
    return table.place("Row") is not None and table.place("Column") is not None


class Annotations:
    """The images of one file."""

    def __init__(self, table: Table, described: Described) -> None:
        """`described` says where and when the image of a row was taken."""
        self._table = table
        self._described = described
        self._name = table.required("Name", "Image name")
        self._label = table.required(*LABEL)
        self._annotator = table.place("Annotator")

    def read(self) -> Iterator[Image | Refusal | Notice | Read]:
        """The images in the order of their first point."""
        images: dict[str, _Counted] = {}
        count = 0
        for line in self._table.rows():
            count += 1
            yield from self._point(line, images)
        yield Read(count)
        for name, image in images.items():
            points = image.labels.total()
            yield Image(
                image_id=name,
                name=name,
                percents={label: 100 * seen / points for label, seen in image.labels.items()},
                points=points,
                labelled_by=_labelled_by(image.makers),
                number=image.number,
                **image.described,
            )

    def _point(self, line: Line, images: dict[str, _Counted]) -> Iterator[Refusal]:
        name, label = cell(line, self._name), cell(line, self._label)
        if not (name and label):
            place, reason = (self._label, "the point has no label") if name else (self._name, "the image has no name")
            raw = self._table.raw(line, self._name, self._label)
            yield Refusal("reef_surveys", line.number, self._table.headings[place], None, reason, raw)
            return
        image = images.get(name)
        if image is None:
            image = images[name] = _Counted(line.number, self._described(line))
        image.labels[label] += 1
        maker = cell(line, self._annotator).lower()
        image.makers.add(("machine" if maker == "robot" else "human") if maker else "")


def _labelled_by(makers: set[str]) -> str | None:
    """Empty where it is not told of every point."""
    if "" in makers:
        return None
    return "both" if len(makers) > 1 else next(iter(makers))
