"""The two result files of animal detectors, read into images with what was seen on each."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.base import Source
from connectors.errors import SourceChanged, SourceRefused
from connectors.json_text import decode

ANIMAL = "animal"
KIND_OF_CATEGORY = {"animal": ANIMAL, "person": "human", "human": "human", "vehicle": "vehicle"}
KIND_OF_TAXON = {
    "f1856211-cfb7-4a5b-9158-c0f72fd09ee6": "blank",
    "990ae9dd-7a59-4344-afcb-1b7b21368000": "human",
    "e2895ed5-780b-48f6-8a11-9e27cb594511": "vehicle",
    "f2efdae9-efb8-48fb-8a91-eccf79ab4ffb": "unclassified",
}
SPECIESNET_CATEGORIES = {"1": "animal", "2": "human", "3": "vehicle"}
TAXON_FIELDS = 7
# An image with two boxes has about 30, so this is more than a million images.
VALUES_MAX = 40_000_000
TYPICAL_THRESHOLD = 0.2
# Version 4 scored higher; results that name no detector are of that time.
TYPICAL_THRESHOLD_V4 = 0.8


@dataclass(frozen=True)
class Animal:
    """One taxon on one image: how many boxes, and the classifier's own word where it is no scientific name."""

    scientific_name: str | None
    other_name: str | None
    count: int
    probability: float | None


@dataclass(frozen=True)
class Image:
    """One image or video; `number` is its place in the results, `animal_boxes` those of the threshold or more."""

    number: int
    file: str
    taken_at: str | None
    animals: tuple[Animal, ...] = ()
    other_kinds: tuple[str, ...] = ()
    animal_boxes: int = 0
    is_failed: bool = False


@dataclass
class Results:
    """All images of a result file, and what could not be read in it."""

    threshold: float
    threshold_from: str
    row_count: int
    images: list[Image] = field(default_factory=list)
    refused: list[tuple[int, str, str, Any]] = field(default_factory=list)
    unusable_boxes: int = 0


@dataclass(frozen=True)
class _Box:
    kind: str
    confidence: float
    frame: int
    label: tuple[str | None, str | None]
    probability: float


@dataclass(frozen=True)
class _Format:
    """What a file says once for all its images."""

    file_key: str
    kinds: Mapping[str, str | None]
    labels: Mapping[str, tuple[str | None, str | None]]


def read_results(source: Source, path: Path) -> Results:
    """Raises SourceChanged when the file is neither of the two formats, SourceRefused for a wrong `threshold`."""
    content = _json(source, path)
    is_speciesnet = "predictions" in content
    entries = content["predictions" if is_speciesnet else "images"]
    threshold, origin = _threshold(source, content, is_speciesnet)
    results = Results(threshold, origin, len(entries))
    style = _style(content, is_speciesnet)
    for number, entry in enumerate(entries, 1):
        file = entry.get(style.file_key) if isinstance(entry, dict) else None
        if isinstance(file, str) and plain_path(file):
            read = _speciesnet_image if is_speciesnet else _image
            results.images.append(read(number, plain_path(file), entry, style, results))
        else:
            results.refused.append((number, style.file_key, "the entry names no file", entry))
    return results


def plain_path(path: str) -> str:
    """The path with slashes only, without those at its ends: systems write it differently."""
    return path.strip().replace("\\", "/").removeprefix("./").strip("/")


def _json(source: Source, path: Path) -> dict[str, Any]:
    try:
        content = decode(path.read_bytes(), values_max=VALUES_MAX)
    except (ValueError, RecursionError) as error:
        raise SourceChanged(f"{source.name}: the results are not JSON") from error
    if not isinstance(content, dict):
        raise SourceChanged(f"{source.name}: the results are no JSON object")
    wanted = {"predictions": list} if "predictions" in content else {"images": list, "detection_categories": dict}
    for name, type_ in wanted.items():
        if not isinstance(content.get(name), type_):
            raise SourceChanged(f"{source.name}: the results have no `{name}`, so they are not of MegaDetector")
    return content


def _threshold(source: Source, content: dict[str, Any], is_speciesnet: bool) -> tuple[float, str]:
    option = source.options.get("threshold")
    if option is not None:
        if _fraction(option) is None:
            raise SourceRefused(f"{source.name}: the option `threshold` is not a number from 0 to 1")
        return float(option), "option `threshold`"
    info = _object(content, "info")
    stated = _fraction(_object(info, "detector_metadata").get("typical_detection_threshold"))
    if stated is not None:
        return stated, "as the results say"
    detector = str(info.get("detector") or "")
    is_v4 = not is_speciesnet and (not detector or re.search(r"v4|md_?4", detector, re.IGNORECASE))
    return (TYPICAL_THRESHOLD_V4 if is_v4 else TYPICAL_THRESHOLD), "usual for this detector; set `threshold`"


def _style(content: dict[str, Any], is_speciesnet: bool) -> _Format:
    categories = SPECIESNET_CATEGORIES if is_speciesnet else content["detection_categories"]
    kinds = {str(key): KIND_OF_CATEGORY.get(str(name).strip().lower()) for key, name in categories.items()}
    names = _object(content, "classification_categories")
    descriptions = _object(content, "classification_category_descriptions")
    labels = {str(key): _label(str(descriptions.get(key, name)), str(name)) for key, name in names.items()}
    return _Format("filepath" if is_speciesnet else "file", kinds, labels)


def _object(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _fraction(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number and 0 <= value <= 1 else None


def _label(description: str, name: str) -> tuple[str | None, str | None]:
    """The scientific name of a label with seven fields (`id;class;order;family;genus;species;common`), or its word."""
    parts = [part.strip() for part in description.split(";")]
    if len(parts) != TAXON_FIELDS:
        return None, name.strip() or None
    *higher, genus, species = parts[1:6]
    if genus:
        return f"{genus.capitalize()} {species}".strip(), None
    return next((rank.capitalize() for rank in reversed(higher) if rank), None), None


def _image(number: int, file: str, entry: dict[str, Any], style: _Format, results: Results) -> Image:
    taken_at = _taken_at(entry.get("datetime"))
    if entry.get("failure") or not isinstance(entry.get("detections"), list):
        return Image(number, file, taken_at, other_kinds=("unclassified",), is_failed=True)
    boxes = [box for box in _boxes(entry["detections"], style, results) if box.confidence >= results.threshold]
    animals = _animals([box for box in boxes if box.kind == ANIMAL])
    others = sorted({box.kind for box in boxes} - {ANIMAL})
    kinds = others or ([] if animals else ["blank"])
    return Image(number, file, taken_at, animals, tuple(kinds), _fullest_frame(boxes))


def _boxes(entries: list[Any], style: _Format, results: Results) -> Iterator[_Box]:
    for entry in entries:
        entry = entry if isinstance(entry, dict) else {}
        kind = style.kinds.get(str(entry.get("category")))
        confidence = _fraction(entry.get("conf"))
        if kind is None or confidence is None:
            results.unusable_boxes += 1
            continue
        frame = entry.get("frame_number")
        label, probability = _best_label(entry.get("classifications"), style)
        yield _Box(kind, confidence, frame if isinstance(frame, int) else 0, label, probability or confidence)


def _best_label(classifications: Any, style: _Format) -> tuple[tuple[str | None, str | None], float | None]:
    best: tuple[tuple[str | None, str | None], float | None] = ((None, None), None)
    for pair in classifications if isinstance(classifications, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and str(pair[0]) in style.labels:
            score = _fraction(pair[1])
            if score is not None and score > (best[1] or 0.0):
                best = style.labels[str(pair[0])], score
    return best


def _animals(boxes: list[_Box]) -> tuple[Animal, ...]:
    by_label: dict[tuple[str | None, str | None], list[_Box]] = {}
    for box in boxes:
        by_label.setdefault(box.label, []).append(box)
    return tuple(
        Animal(*label, _fullest_frame(same), max(box.probability for box in same)) for label, same in by_label.items()
    )


def _fullest_frame(boxes: list[_Box]) -> int:
    """Animals seen at once: the boxes of a video repeat the same animal from frame to frame."""
    return max(Counter(box.frame for box in boxes if box.kind == ANIMAL).values(), default=0)


def _speciesnet_image(number: int, file: str, entry: dict[str, Any], style: _Format, results: Results) -> Image:
    taken_at = _taken_at(_object(entry, "exif").get("DateTimeOriginal"))
    prediction = entry.get("prediction")
    if not isinstance(prediction, str):
        failures = entry.get("failures")
        if "detections" in entry or failures:
            has_failed = isinstance(failures, list) and "DETECTOR" in failures
            return _image(number, file, {**entry, "failure": has_failed, "datetime": taken_at}, style, results)
        return Image(number, file, taken_at, other_kinds=("unclassified",))
    listed = entry.get("detections")
    boxes = list(_boxes(listed if isinstance(listed, list) else [], style, results))
    count = _fullest_frame([box for box in boxes if box.confidence >= results.threshold])
    kind = KIND_OF_TAXON.get(prediction.split(";")[0].strip().lower())
    if kind:
        return Image(number, file, taken_at, other_kinds=(kind,), animal_boxes=count)
    animal = Animal(*_label(prediction, prediction), count, _fraction(entry.get("prediction_score")))
    return Image(number, file, taken_at, (animal,), animal_boxes=count)


def _taken_at(text: Any) -> str | None:
    """A time as cameras write it (`2024:05:31 18:30:00`) in the usual spelling."""
    return re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", text.strip()) if isinstance(text, str) else None
