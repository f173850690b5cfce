"""ReefCloud: modelled cover of its public dashboard, or the labelled points that a project exports.

https://reefcloud.ai
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.base import Connector, Fetched, Notice, Parsed, Payload, Read, Refusal, Rows, Source, raw_json
from connectors.coralnet_files import LABELS, fetch_files
from connectors.errors import SourceRefused
from connectors.package_places import is_url
from connectors.reef_figures import reef_figures
from connectors.reefcloud_api import Asked, Modelled, Record, read_answers, read_asked, read_payload, text_of
from connectors.reefcloud_points import read_points, without_people
from connectors.tabular import RAW_CHARACTERS
from connectors.values import WrongValue
from data.schema import REEF_SURVEYS

TABLE = REEF_SURVEYS.name


class ReefCloud(Connector):
    """Reads the dashboard API (https://api.reefcloud.ai/reefcloud/dashboard-api), or point exports as CSV files.

    The dashboard needs the option `tiers` or `sites`, lists of ids. Its figures are modelled and labelled so: the
    median of the model in percent, with its 95 % credible interval in `value_low` and `value_high`, which is what
    ReefCloud itself plots. Each tier or site is a station; depth bands are methods of their own.
    A point export (one file, a folder, or an address that ends in .csv) gives the cover of each image by the groups of
    its points, a person's label before the machine's. Option `labels`: a CSV file with `label` (a group code or a
    label) and `group`, which goes before the known codes. Points without a known group make a cover a lower bound.
    """

    name = "reefcloud"
    title = "ReefCloud modelled cover and point exports"
    tables = (TABLE,)
    is_whole = True

    def fetch(self, source: Source, cursor: Mapping[str, Any], workspace: Path) -> Fetched:
        if not _is_dashboard(source):
            fetched = fetch_files(source, cursor, workspace)
            kept = (part if part.name == LABELS else without_people(source, part) for part in fetched.payloads)
            return replace(fetched, payloads=tuple(kept))
        payloads, hashes, count = [], {}, 0
        for asked, answer in read_answers(source):
            text = json.dumps(answer, sort_keys=True)
            path = workspace / f"{asked.name.replace(' ', '-')}.json"
            path.write_text(text, encoding="utf-8")
            payloads.append(Payload(asked.name, path))
            hashes[asked.name] = hashlib.sha256(text.encode()).hexdigest()
            count += len(answer["surveys"])
        if not count:
            message = f"{source.name}: there is no survey of these tiers and sites"
            raise SourceRefused(message, "Check `tiers` and `sites` in the options of this source.")
        if hashes == cursor.get("answers"):
            return Fetched(cursor=cursor, is_unchanged=True)
        return Fetched(tuple(payloads), {"answers": hashes})

    def parse(self, source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
        if _is_dashboard(source):
            yield from _parse_modelled(source, payloads)
            return
        images, told = read_points(source, payloads)
        yield from told
        yield from images.notices()
        yield from images.rows(source)

    def figures(self, source: Source, payloads: tuple[Payload, ...]) -> dict[str, Any]:
        """What the answers say together.

        Of the dashboard `surveys` are tiers or sites on a day in a depth band, and `hard_coral_pct_mean` gives each of
        them the same weight; it counts no images and points. Of exports see LabelledImages.figures.
        """
        if not _is_dashboard(source):
            return read_points(source, payloads)[0].figures(source)
        blocks = [item.rows for item in _parse_modelled(source, payloads) if isinstance(item, Rows)]
        rows = [row for block in blocks for row in block.to_pylist()]
        return reef_figures(
            stations={row["station"] for row in rows},
            surveys={row["survey_id"] for row in rows},
            images=None,
            points=None,
            covers=[row["value"] for row in rows if row["metric"] == "hard_coral_pct"],
            days=[row["surveyed_on"] for row in rows],
            unmatched_labels=[],
        )


def _is_dashboard(source: Source) -> bool:
    return is_url(source.location) and not source.location.lower().endswith(".csv")


def _parse_modelled(source: Source, payloads: tuple[Payload, ...]) -> Iterator[Parsed]:
    asked_of = {asked.name: asked for asked in read_asked(source)}
    answers = [
        (asked_of[payload.name], *read_payload(payload.path, f"{source.name}: {payload.name}")) for payload in payloads
    ]
    names = [text_of(place, "name") for _, place, _ in answers]
    modelled = Modelled()
    for (asked, place, surveys), name in zip(answers, names, strict=True):
        yield Read(len(surveys))
        # Names of sites repeat between projects.
        station = f"{name} ({asked.id})" if name and names.count(name) > 1 else name or asked.name
        yield from _rows(source, modelled, asked, station, place, surveys)
    yield from _notices(modelled)


def _rows(
    source: Source, modelled: Modelled, asked: Asked, station: str, place: Record, surveys: list[Record]
) -> Iterator[Parsed]:
    site_id = source.site_of(asked.id, text_of(place, "name"), asked.name)
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for number, survey in enumerate(surveys, 1):
        no_site = WrongValue("site", asked.name, "no site is configured for it; add its id to `site`")
        for found in modelled.rows(asked, station, place, survey) if site_id else (no_site,):
            if isinstance(found, WrongValue):
                raw = _storable(raw_json({"asked": asked.name, **survey}))
                value = None if found.value is None else _storable(found.value)
                yield Refusal(TABLE, number, found.field, value, found.reason, raw)
                continue
            rows.append({**found, "site_id": site_id})
            numbers.append(number)
    yield Rows(TABLE, pa.Table.from_pylist(rows, schema=REEF_SURVEYS.arrow_schema), pa.array(numbers, pa.int64()))


def _storable(text: str) -> str:
    return text.encode(errors="replace").decode()[:RAW_CHARACTERS]


def _notices(modelled: Modelled) -> Iterator[Notice]:
    if modelled.fractions:
        yield Notice(
            f"{modelled.fractions} surveys have parts that add up to one at most, so they are fractions; they were "
            "multiplied by 100"
        )
    if modelled.private:
        yield Notice(f"{modelled.private} surveys are not public and left out")
    if modelled.repeated:
        yield Notice(f"{modelled.repeated} figures came more than once for the same day and depth; the first counts")
    if modelled.other_types:
        types = ", ".join(repr(kind) for kind in sorted(modelled.other_types))
        yield Notice(f"compositions that are not read: {types}")
