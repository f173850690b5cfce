"""Occurrences of animals as a Darwin Core Archive, the format of GBIF, streamed as a zip.

Standard: Darwin Core text guidelines, https://dwc.tdwg.org/text, with terms of https://dwc.tdwg.org/terms.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from data import queries
from data.queries.merged import Choice
from exports.citations import Sources
from exports.context import Context, NotOffered
from exports.darwin_core_eml import Noted, eml_xml, readme
from exports.darwin_core_places import cameras, effort, sites
from exports.darwin_core_rows import lines, monthly, single
from exports.darwin_core_terms import CORE, meta_xml
from exports.package_rows import in_blocks
from exports.streamed_zip import Member
from exports.summed_zip import LARGE_ROWS, summed_zip

OnProgress = Callable[[int, int], None]
# Rows are wide as text; more at once would be hardly faster and take more memory.
ROWS_AT_ONCE = 10_000
NOTHING = "No animal that you may see was detected at these sites on these days; choose others."


@dataclass
class _Archive:
    choice: Choice
    context: Context
    sources: Sources
    is_single: bool
    row_count: int
    on_progress: OnProgress | None = None
    noted: Noted = field(default_factory=Noted)

    def members(self) -> Iterator[Member]:
        """The files; only after the records is it known what to say of them."""
        told = (self.noted, self.choice, self.context, self.sources, self.is_single)
        yield Member(CORE, lines(self._occurrences()), is_large=self.row_count >= LARGE_ROWS)
        yield Member("meta.xml", [meta_xml()])
        yield Member("eml.xml", [eml_xml(*told)])
        yield Member("README.md", [readme(*told)])

    def _occurrences(self) -> Iterator[pa.RecordBatch]:
        context, choice = self.context, self.choice
        made = single if self.is_single else monthly
        around = (cameras if self.is_single else effort)(choice, context)
        of_sites = sites(Choice(sites=choice.sites), context)
        rows_done = 0
        batches = queries.merged_batches(context.view, context.viewer, _table(self.is_single), choice, context.today)
        for batch in in_blocks(batches, ROWS_AT_ONCE):
            rows = made(batch, around, of_sites, self.sources, context.is_demo)
            self.noted.add(batch, rows)
            yield rows
            rows_done += len(batch)
            if self.on_progress:
                self.on_progress(rows_done, self.row_count)


def chunks(choice: Choice, context: Context, on_progress: OnProgress | None = None) -> Iterator[bytes]:
    """The zip, in parts: occurrence.txt, meta.xml, eml.xml, README.md and SHA256SUMS.

    Who may see single detections gets one occurrence for each; everybody else gets one per taxon, protected area,
    month and source, at the published point of the area. Licences are those of the sources, record by record.
    `on_progress` hears how many records are done, and of how many.
    Raises NotOffered, before the first part, where nothing is chosen.
    """
    is_single = "detections" in queries.merged_tables(context.view, context.viewer)
    row_count = queries.merged_count(context.view, context.viewer, _table(is_single), choice, context.today)
    if not row_count:
        raise NotOffered(NOTHING)
    archive = _Archive(choice, context, Sources.of(context), is_single, row_count, on_progress)
    return summed_zip(archive.members(), context.view.committed_at)


def file_name(choice: Choice, context: Context) -> str:
    """Such as demo-tech4nature-darwin-core-v28-public.zip."""
    return f"{context.prefix}tech4nature-darwin-core-v{context.view.version}-{context.viewer.role}.zip"


def _table(is_single: bool) -> str:
    return "detections" if is_single else "detections_by_month"
