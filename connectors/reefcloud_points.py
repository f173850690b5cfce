"""The point export of ReefCloud ("classifications"): one row per point, added up to images block by block.

An export names the people who labelled, with their e-mails; only the columns named here are ever kept.
Headings: https://github.com/data-mermaid/easypqt (inst/reefcloud_template.csv).
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import Notice, Parsed, Payload, Read, Refusal, Source
from connectors.columns import Check, Tally, flags, mapped, numbers, refuse, trimmed
from connectors.coralnet_files import data_files
from connectors.coralnet_labels import read_groups
from connectors.errors import SourceChanged
from connectors.labelled_images import Image, LabelledImages, Told
from connectors.tabular import Block, Layout, read_table
from data.schema import REEF_SURVEYS

METHOD = "photo points (ReefCloud)"
TABLE = REEF_SURVEYS.name
HARD_CORAL = "HC"
# Codes of the groups of ReefCloud and of AIMS; `A` is all algae together, so it says nothing of a kind of them.
GROUP_OF_CODE = {
    "hc": "hard coral",
    "sc": "soft coral",
    "ma": "macroalgae",
    "ta": "turf algae",
    "ca": "coralline algae",
    "cca": "coralline algae",
    "a": "algae",
    "ab": "abiotic",
    "bs": "bare substrate",
    "cyno": "cyanobacteria",
    "oinv": "other invertebrates",
    "ot": "other",
    "rub": "rubble",
    "sand": "sand",
    "sd": "sand",
    "sg": "seagrass",
    "sp": "sponge",
    "hard coral": "hard coral",
    "soft coral": "soft coral",
    "macroalgae": "macroalgae",
    "turf algae": "turf algae",
    "coralline algae": "coralline algae",
    "crustose coralline algae": "coralline algae",
}
HUMAN = ("point_human_group_code", "point_human_classification")
MACHINE = ("point_machine_group_code", "point_machine_classification")
DATE = "survey_start_date"
OLDER = {DATE: ("survey_start_date (UTC)", "survey_start_date..UTC.")}
DESCRIBED = ("site_name", DATE, "survey_depth", "site_depth", "site_latitude", "site_longitude")
COLUMNS = ("image_id", "image_name", "image_disabled", *DESCRIBED, *HUMAN, *MACHINE)
# What stands for a row with more or fewer cells than the heading: its cells cannot be told apart into columns.
RAGGED = ("",)
RAGGED_REASON = "it has more or fewer cells than the heading"
TOLD = "told"
REQUIRED = ("image_id", "site_name", DATE, "image_disabled", HUMAN[0], MACHINE[0])


@dataclass
class _Counted:
    """The points of one image so far."""

    number: int
    described: dict[str, Any]
    labels: Counter[str] = field(default_factory=Counter)
    makers: set[str] = field(default_factory=set)


def without_people(source: Source, payload: Payload) -> Payload:
    """The export with nothing but the columns that are read, in the place of the file itself; rows keep their numbers.

    Raises SourceChanged when it is no export.
    """
    told: list[str] = []
    kept = payload.path.with_name(f"{payload.path.name}.kept")
    with kept.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_kept_lines(payload.path, f"{source.name}: {payload.name}", told))
    kept.replace(payload.path)
    return replace(payload, meta={**payload.meta, TOLD: "; ".join(told)})


def _kept_lines(path: Path, where: str, told: list[str]) -> Iterator[tuple[str | None, ...]]:
    row = last_ragged = 1
    for item in read_table(path, Layout(), where, TABLE):
        if isinstance(item, Block):
            named = item.named(COLUMNS, OLDER, REQUIRED, where)
            lines = zip(*(named.column(name).to_pylist() for name in COLUMNS), strict=True)
            for number, line in zip(named.numbers.to_pylist(), lines, strict=True):
                yield from [RAGGED] * (number - row - 1)
                yield line
                row = number
        elif isinstance(item, Refusal):
            last_ragged = max(last_ragged, item.row)
        else:
            told.append(item.text)
    yield from [RAGGED] * (last_ragged - row)


def read_points(source: Source, payloads: tuple[Payload, ...]) -> tuple[LabelledImages, list[Parsed]]:
    """All images of the files, each once, and what there is to tell; raises SourceChanged when a file is no export."""
    images = LabelledImages(read_groups(source, payloads, GROUP_OF_CODE))
    told: list[Parsed] = []
    for payload in data_files(payloads):
        file = _File(payload, f"{source.name}: {payload.name}")
        told.extend(file.read())
        _collect(images, told, file)
    return images, told


def _collect(images: LabelledImages, told: list[Parsed], file: "_File") -> None:
    labels = dict.fromkeys(label for image in file.images.values() for label in image.labels)
    # With this code known, a file without any hard coral has none of it: its group is the same in every project.
    metrics = images.metrics((HARD_CORAL, *labels))
    before = {known.image.image_id for known in images.images}
    images.images.extend(
        Told(_image(key, image), METHOD, metrics) for key, image in file.images.items() if key not in before
    )
    if repeated := len(before & file.images.keys()):
        told.append(Notice(f"{file.where}: {repeated} images stand in an earlier file too and are left out"))


def _image(key: str, image: _Counted) -> Image:
    points = image.labels.total()
    return Image(
        image_id=key,
        name=key,
        percents={label: 100 * count / points for label, count in image.labels.items()},
        points=points,
        labelled_by="both" if len(image.makers) > 1 else next(iter(image.makers), None),
        number=image.number,
        **image.described,
    )


class _File:
    """One export; `images` holds what was counted so far, so memory grows with images and not with points."""

    def __init__(self, payload: Payload, where: str) -> None:
        self._payload = payload
        self.where = where
        self.images: dict[str, _Counted] = {}
        self._disabled: set[str] = set()
        self._tally = Tally()
        self._unlabelled = 0

    def read(self) -> Iterator[Parsed]:
        """Counts all points into `images`, and yields what there is to tell."""
        count = 0
        for item in read_table(self._payload.path, Layout(), self.where, TABLE):
            if isinstance(item, Block):
                count += len(item)
                yield from self._count(item)
            elif isinstance(item, Refusal):
                count += 1
                yield replace(item, reason=RAGGED_REASON, raw=f"row {item.row}")
        if not count:
            raise SourceChanged(f"{self.where} has no row", "Export the classifications again.")
        for key in self._disabled:
            self.images.pop(key, None)
        yield Read(count)
        yield from self._notices()

    def _count(self, block: Block) -> Iterator[Refusal]:
        checks = [
            Check(name, pc.is_null(trimmed(block.column(name))), "it is missing") for name in ("image_id", "site_name")
        ]
        is_good, refusals = refuse(block, TABLE, checks)
        yield from refusals
        block = block.where(is_good)
        is_disabled = pc.fill_null(flags(block.column("image_disabled")), False)
        self._disabled.update(trimmed(block.column("image_id")).filter(is_disabled).unique().to_pylist())
        block = block.where(pc.invert(is_disabled))
        if not len(block):
            return
        keys = trimmed(block.column("image_id"))
        self._describe(block, keys)
        human, machine = (pc.coalesce(*(trimmed(block.column(name)) for name in names)) for names in (HUMAN, MACHINE))
        label = pc.fill_null(pc.coalesce(human, machine), "")
        maker = pc.if_else(pc.is_valid(human), "human", pc.if_else(pc.is_valid(machine), "machine", ""))
        counts = pa.table({"key": keys, "label": label, "maker": maker}).group_by(["key", "label", "maker"])
        for key, text, who, seen in zip(*counts.aggregate([([], "count_all")]).columns, strict=True):
            self._add(self.images[key.as_py()], text.as_py(), who.as_py(), seen.as_py())

    def _add(self, image: _Counted, label: str, maker: str, seen: int) -> None:
        image.labels[label] += seen
        if maker:
            image.makers.add(maker)
        else:
            self._unlabelled += seen

    def _describe(self, block: Block, keys: pa.Array) -> None:
        """What the first point of each new image says of where and when it was taken."""
        first: dict[str, int] = {}
        for position, key in enumerate(keys.to_pylist()):
            if key not in self.images:
                first.setdefault(key, position)
        new = replace(block, chosen=_positions(block, list(first.values())))
        day = self._tally.read(new, DATE, mapped(new.column(DATE), _day, pa.date32()))
        depths = [self._number(new, name, "depth_m") for name in ("survey_depth", "site_depth")]
        columns = {
            "station": trimmed(new.column("site_name")),
            "surveyed_on": day,
            "depth_m": pc.coalesce(*depths),
            "latitude": self._number(new, "site_latitude", "latitude"),
            "longitude": self._number(new, "site_longitude", "longitude"),
        }
        described = pa.table(columns).to_pylist()
        for key, number, values in zip(first, new.numbers.to_pylist(), described, strict=True):
            self.images[key] = _Counted(number, values)

    def _number(self, block: Block, name: str, own: str) -> pa.Array:
        return self._tally.read(block, name, numbers(block.column(name), REEF_SURVEYS.field(own)))

    def _notices(self) -> Iterator[Notice]:
        if self._disabled:
            yield Notice(f"{self.where}: {len(self._disabled)} images are disabled in ReefCloud and left out")
        if self._unlabelled:
            text = f"{self._unlabelled} points have no label yet, so the covers of their images are lower bounds"
            yield Notice(f"{self.where}: {text}")
        yield from self._tally.notices()
        if told := self._payload.meta.get(TOLD):
            yield Notice(told)


def _positions(block: Block, positions: list[int]) -> pa.Array:
    chosen = pa.array(positions, pa.int64())
    return chosen if block.chosen is None else block.chosen.take(chosen)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
