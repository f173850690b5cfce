"""Single detections as a Camtrap DP package, the exchange format of camera-trap data, streamed as a zip.

Standard: Camtrap DP 1.0.2, https://camtrap-dp.tdwg.org (Bubnicki et al. 2024, doi:10.1002/rse2.374).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data import queries
from data.queries.merged import Choice
from exports.camtrap_dp_descriptor import Found, descriptor, readme
from exports.camtrap_dp_rows import DEPLOYMENTS, MEDIA, OBSERVATIONS, deployment_ids, deployments, observations
from exports.citations import Sources
from exports.context import Context, NotOffered
from exports.package_csv import csv_chunks
from exports.package_rows import in_blocks
from exports.streamed_zip import Member
from exports.summed_zip import LARGE_ROWS, summed_zip

OnProgress = Callable[[int, int], None]
# Rows are wide as text; more at once would be hardly faster and take more memory.
ROWS_AT_ONCE = 10_000
WITHHELD = (
    "Camtrap DP holds single detections and the places of cameras, which tell where animals are. "
    "Take detections_by_month or the Darwin Core Archive."
)
NO_CAMERAS = "No camera that you may see worked at these sites on these days; choose others."


@dataclass
class _Cameras:
    """The deployments of the chosen sites by their place in the table: identifier, and whether they are given.

    Given is what worked on one of the days, and what a detection belongs to, which is known only after the detections.
    """

    ids: pa.Array
    is_given: np.ndarray

    def of(self, ids: pa.Array) -> pa.Array:
        """The places of the deployments of detections, missing where there is none; they are given from now on."""
        places = pc.index_in(ids, value_set=self.ids)
        self.is_given[np.unique(places.drop_null().to_numpy())] = True
        return places


@dataclass
class _Package:
    choice: Choice
    context: Context
    cameras: _Cameras
    row_count: int
    on_progress: OnProgress | None = None
    found: Found = field(default_factory=Found)

    def members(self) -> Iterator[Member]:
        """The files; only after the observations is it known what to say of them."""
        is_large = self.row_count >= LARGE_ROWS
        yield Member("media.csv", csv_chunks(MEDIA, []))
        yield Member("observations.csv", csv_chunks(OBSERVATIONS, self._observations()), is_large=is_large)
        yield Member("deployments.csv", csv_chunks(DEPLOYMENTS, self._deployments()))
        told = (self.found, self.choice, self.context, Sources.of(self.context))
        yield Member("datapackage.json", [descriptor(*told)])
        yield Member("README.md", [readme(*told)])

    def _observations(self) -> Iterator[pa.RecordBatch]:
        rows_done = 0
        for batch in in_blocks(_batches("detections", self.choice, self.context), ROWS_AT_ONCE):
            is_known = pc.is_valid(self.cameras.of(deployment_ids(batch)))
            kept = batch.filter(is_known)
            rows = observations(kept, self.context.is_demo)
            self.found.refused += len(batch) - len(kept)
            self.found.add_observations(kept, rows)
            yield rows
            rows_done += len(batch)
            if self.on_progress:
                self.on_progress(rows_done, self.row_count)

    def _deployments(self) -> Iterator[pa.RecordBatch]:
        place = 0
        for batch in in_blocks(_deployments_at(self.choice, self.context), ROWS_AT_ONCE):
            kept = batch.filter(pa.array(self.cameras.is_given[place : place + len(batch)]))
            place += len(batch)
            self.found.add_deployments(kept)
            yield deployments(kept, self.context.is_demo)


def chunks(choice: Choice, context: Context, on_progress: OnProgress | None = None) -> Iterator[bytes]:
    """The zip, in parts: deployments.csv, observations.csv, media.csv, datapackage.json, README.md and SHA256SUMS.

    Each detection of the choice is one event-based observation of an animal; one whose deployment is not known is left
    out and counted in README.md, since the standard wants each observation to belong to a deployment. Deployments are
    given whole where they worked on one of the days, whatever the taxa, so that effort is complete.
    `on_progress` hears how many detections are done, and of how many.
    Raises NotOffered, before the first part, where this viewer may see no single detections or no camera is chosen.
    """
    if "detections" not in queries.merged_tables(context.view, context.viewer):
        raise NotOffered(WITHHELD)
    cameras = _cameras(choice, context)
    if not cameras.is_given.any():
        raise NotOffered(NO_CAMERAS)
    row_count = queries.merged_count(context.view, context.viewer, "detections", choice, context.today)
    package = _Package(choice, context, cameras, row_count, on_progress)
    return summed_zip(package.members(), context.view.committed_at)


def file_name(choice: Choice, context: Context) -> str:
    """Such as demo-tech4nature-camtrap-dp-v28-partner.zip."""
    return f"{context.prefix}tech4nature-camtrap-dp-v{context.view.version}-{context.viewer.role}.zip"


def _cameras(choice: Choice, context: Context) -> _Cameras:
    ids, worked = [pa.array([], pa.string())], [np.zeros(0, dtype=bool)]
    for batch in in_blocks(_deployments_at(choice, context), ROWS_AT_ONCE):
        ids.append(deployment_ids(batch))
        worked.append(_worked(batch, choice).to_numpy(zero_copy_only=False))
    return _Cameras(pa.concat_arrays(ids), np.concatenate(worked))


def _worked(batch: pa.RecordBatch, choice: Choice) -> pa.Array:
    """Which deployments worked on one of the days."""
    begins = _midnight(choice.first or date.min)
    is_over_after = pc.greater_equal(batch["ended_at"], begins)
    if choice.last is None or choice.last == date.max:
        return is_over_after
    return pc.and_(is_over_after, pc.less(batch["started_at"], _midnight(choice.last + timedelta(days=1))))


def _midnight(day: date) -> pa.Scalar:
    return pa.scalar(datetime.combine(day, time(), UTC), pa.timestamp("us", tz="UTC"))


def _deployments_at(choice: Choice, context: Context) -> Iterator[pa.RecordBatch]:
    """All deployments of the chosen sites: one that began before the first day may have worked on it."""
    return _batches("deployments", Choice(sites=choice.sites), context)


def _batches(name: str, choice: Choice, context: Context) -> Iterator[pa.RecordBatch]:
    return queries.merged_batches(context.view, context.viewer, name, choice, context.today)
