"""Who wore which tag from when to when: the reference data of a Movebank study, from its export or its service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from connectors.base import Parsed, Payload, Refusal, Rows, Source
from connectors.collar_kinds import collar_kinds
from connectors.columns import Tally, moments, trimmed
from connectors.movebank_tables import DEPLOYMENT, INDIVIDUAL, TAG, blocks
from connectors.tabular import Block
from data.schema import COLLARS, INDIVIDUALS

SEXES = {"f": "female", "female": "female", "m": "male", "male": "male"}
NO_SITE = "no site is configured for this animal; add it to `site`"
EXPORTED = (
    *("tag_id", "animal_id", "animal_taxon", "animal_nickname", "animal_sex", "study_site"),
    *("deploy_on_date", "deploy_off_date", "tag_manufacturer_name", "tag_model"),
)
SERVED = {
    INDIVIDUAL: ("id", "local_identifier", "nick_name", "taxon_canonical_name", "sex"),
    TAG: ("id", "local_identifier", "manufacturer_name", "model"),
    DEPLOYMENT: ("individual_id", "tag_id", "study_site", "deploy_on_timestamp", "deploy_off_timestamp"),
}
EVER = np.iinfo(np.int64)

Line = Mapping[str, Any]


@dataclass
class _Animal:
    """What is known of an animal, and the line that told of it first."""

    name: str | None = None
    taxon: str | None = None
    sex: str | None = None
    place: str | None = None
    row: int = 1
    raw: str = ""


@dataclass(frozen=True)
class _Deployment:
    """One tag on one animal; a tag that is only known from positions has no times, so `is_stated` is False."""

    tag_id: str
    individual_id: str
    model: str | None = None
    fitted_at: datetime | None = None
    removed_at: datetime | None = None
    is_stated: bool = True

    def during(self, times_us: np.ndarray) -> np.ndarray:
        return (times_us >= _us(self.fitted_at, EVER.min)) & (times_us <= _us(self.removed_at, EVER.max))


class Reference:
    """All animals and deployments of a source; `individuals` and `collars` are made of it at the end."""

    def __init__(self, source: Source, tally: Tally) -> None:
        self._source = source
        self._kinds = collar_kinds(source)
        self._tally = tally
        self._animals: dict[str, _Animal] = {}
        self._deployments: dict[str, list[_Deployment]] = {}
        self._ids: dict[str, dict[str, tuple[str, str | None]]] = {INDIVIDUAL: {}, TAG: {}}

    def read_export(self, payload: Payload) -> Iterator[Parsed]:
        """A reference-data file, one deployment per row."""
        for block, line in self._lines(payload, "individuals", EXPORTED):
            if block is None:
                yield line
            elif line["animal_id"] is None:
                yield _refused("individuals", block, line, "animal_id", "it is missing")
            else:
                names = ("animal_nickname", "animal_taxon", "animal_sex", "study_site")
                self._add_animal(line["animal_id"], line, *(line[name] for name in names))
                model = _model(line["tag_manufacturer_name"], line["tag_model"])
                times = ("deploy_on_date", "deploy_off_date")
                yield from self._add_deployment(block, line, line["tag_id"], line["animal_id"], model, times)

    def read_served(self, kind: str, payload: Payload) -> Iterator[Parsed]:
        """One of the three tables of the service; animals and tags come before the deployments that join them."""
        table = "individuals" if kind == INDIVIDUAL else "collars"
        for block, line in self._lines(payload, table, SERVED[kind]):
            if block is None:
                yield line
            elif kind == DEPLOYMENT:
                yield from self._join(block, line)
            elif line["local_identifier"] is None:
                yield _refused(table, block, line, "local_identifier", "it is missing")
            else:
                about = _model(line["manufacturer_name"], line["model"]) if kind == TAG else None
                self._ids[kind][line["id"]] = (line["local_identifier"], about)
                if kind == INDIVIDUAL:
                    names = ("nick_name", "taxon_canonical_name", "sex")
                    self._add_animal(line["local_identifier"], line, *(line[name] for name in names), None)

    def _join(self, block: Block, line: Line) -> Iterator[Refusal]:
        individual_id, _ = self._ids[INDIVIDUAL].get(line["individual_id"], (None, None))
        tag_id, model = self._ids[TAG].get(line["tag_id"], (None, None))
        if individual_id is None:
            yield _refused("collars", block, line, "individual_id", "the study has no such animal")
            return
        self._add_animal(individual_id, line, None, None, None, line["study_site"])
        times = ("deploy_on_timestamp", "deploy_off_timestamp")
        yield from self._add_deployment(block, line, tag_id, individual_id, model, times)

    def _lines(self, payload: Payload, table: str, names: tuple[str, ...]) -> Iterator[tuple[Block | None, Any]]:
        """Each row by column name, with its block; without a block, what is to be handed on."""
        for item in blocks(payload, self._source, table, names):
            if not isinstance(item, Block):
                yield None, item
                continue
            columns = {name: trimmed(item.column(name)) for name in names}
            for name in names:
                if name.startswith("deploy_"):
                    columns[name] = self._tally.read(item, name, moments(columns[name]).at)
            lists = {name: column.to_pylist() for name, column in columns.items()}
            for position in range(len(item)):
                line = {name: lists[name][position] for name in names}
                yield item, line | {"row": item.numbers[position].as_py(), "raw": item.raw(position)}

    def _add_animal(
        self, individual_id: str, line: Line, name: str | None, taxon: str | None, sex: str | None, place: str | None
    ) -> None:
        known = self._animals.setdefault(individual_id, _Animal(row=line["row"], raw=line["raw"]))
        known.name, known.taxon = known.name or name, known.taxon or taxon
        known.sex, known.place = known.sex or SEXES.get((sex or "").lower()), known.place or place

    def _add_deployment(
        self, block: Block, line: Line, tag_id: str | None, animal: str, model: str | None, times: tuple[str, str]
    ) -> Iterator[Refusal]:
        fitted_at, removed_at = (line[name] for name in times)
        if tag_id is None:
            yield _refused("collars", block, line, "tag_id", "the deployment has no tag that is known")
        elif fitted_at and removed_at and removed_at < fitted_at:
            yield _refused("collars", block, line, times[1], "it is before the day on which the animal got the tag")
        else:
            self._deployments.setdefault(tag_id, []).append(_Deployment(tag_id, animal, model, fitted_at, removed_at))

    def site(self, individual_id: str) -> str | None:
        animal = self._animals.get(individual_id)
        return self._source.site_of(individual_id, animal.place if animal else None)

    def carried(self, animal: pa.Array, tag: pa.Array, at: pa.Array) -> tuple[pa.Array, pa.Array]:
        """The animal of each row, from the deployments of its tag where the row names none.

        The second array is true where the row names an animal that did not carry this tag at this time.
        """
        names = np.array(animal.to_pylist(), dtype=object)
        is_unnamed = animal.is_null().to_numpy(zero_copy_only=False)
        is_outside = np.zeros(len(names), dtype=bool)
        times_us = at.cast(pa.int64()).fill_null(0).to_numpy()
        tags = tag.dictionary_encode()
        codes = tags.indices.fill_null(-1).to_numpy()
        for code, tag_id in enumerate(tags.dictionary.to_pylist()):
            rows = np.flatnonzero(codes == code)
            is_listed = np.zeros(len(rows), dtype=bool)
            is_inside = np.zeros(len(rows), dtype=bool)
            for deployment in self._stated(tag_id):
                is_during = deployment.during(times_us[rows])
                is_its = names[rows] == deployment.individual_id
                is_listed |= is_its
                is_inside |= is_its & is_during
                names[rows[is_during & is_unnamed[rows]]] = deployment.individual_id
            is_outside[rows] = is_listed & ~is_inside & ~is_unnamed[rows]
        return pa.array(names, pa.string()), pa.array(is_outside)

    def _stated(self, tag_id: str) -> list[_Deployment]:
        return [deployment for deployment in self._deployments.get(tag_id, []) if deployment.is_stated]

    def meet(self, individual_id: str, tag_id: str | None, taxon: str | None) -> None:
        """Take note of an animal and its tag that positions tell of."""
        animal = self._animals.setdefault(individual_id, _Animal())
        animal.taxon = animal.taxon or taxon
        deployments = self._deployments.setdefault(tag_id, []) if tag_id else []
        if tag_id and all(deployment.individual_id != individual_id for deployment in deployments):
            deployments.append(_Deployment(tag_id, individual_id, is_stated=False))

    def rows(self) -> Iterator[Parsed]:
        """The animals and their collars; a refusal for each animal without a site."""
        kept = {}
        for individual_id, animal in self._animals.items():
            if site_id := self.site(individual_id):
                kept[individual_id] = site_id
            else:
                yield Refusal("individuals", animal.row, "individual_id", individual_id, NO_SITE, animal.raw)
        is_active = self._is_active()
        individuals = [
            {
                "individual_id": individual_id,
                "site_id": site_id,
                "individual_name": self._animals[individual_id].name,
                "scientific_name": self._animals[individual_id].taxon,
                "sex": self._animals[individual_id].sex,
                "is_active": is_active.get(individual_id),
            }
            for individual_id, site_id in kept.items()
        ]
        yield Rows("individuals", pa.Table.from_pylist(individuals, schema=INDIVIDUALS.arrow_schema))
        collars = [row | {"site_id": kept[row["individual_id"]]} for row in self._collars(kept)]
        yield Rows("collars", pa.Table.from_pylist(collars, schema=COLLARS.arrow_schema))

    def _is_active(self) -> dict[str, bool]:
        """Whether any stated deployment of an animal is open."""
        is_active: dict[str, bool] = {}
        for tag_id in self._deployments:
            for deployment in self._stated(tag_id):
                is_open = deployment.removed_at is None
                is_active[deployment.individual_id] = is_active.get(deployment.individual_id, False) or is_open
        return is_active

    def _collars(self, individuals: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """One row per tag and animal, from its first fitting to its last removal."""
        pairs: dict[tuple[str, str], list[_Deployment]] = {}
        for deployments in self._deployments.values():
            for deployment in deployments:
                if deployment.individual_id in individuals:
                    pairs.setdefault((deployment.tag_id, deployment.individual_id), []).append(deployment)
        for (tag_id, individual_id), deployments in pairs.items():
            fitted = [deployment.fitted_at for deployment in deployments]
            removed = [deployment.removed_at for deployment in deployments]
            model = next((deployment.model for deployment in deployments if deployment.model), None)
            yield {
                "collar_id": tag_id,
                "individual_id": individual_id,
                "model": model,
                **self._kinds.kind(model, tag_id),
                "fitted_at": None if None in fitted else min(fitted),
                "removed_at": None if None in removed else max(removed),
            }


def _model(maker: str | None, model: str | None) -> str | None:
    return " ".join(part for part in (maker, model) if part and part != "N/A") or None


def _refused(table: str, block: Block, line: Line, field: str, reason: str) -> Refusal:
    value = line[field]
    shown = None if value is None else str(value)
    return Refusal(table, line["row"], block.own_name(field), shown, reason, line["raw"])


def _us(moment: datetime | None, otherwise: int) -> int:
    return otherwise if moment is None else round(moment.timestamp() * 1_000_000)
