"""How single rows are made coarser for those who may see that they are there, but not exactly where or whose."""

import ibis
import ibis.expr.types as ir

from data.access import Viewer, sees_all, snap
from data.engine import View
from data.queries.shared import store_secret


def pseudonym(view: View, t: ir.Table, column: str) -> ir.StringValue:
    """An identifier that stands for another one and leads to nothing outside this store."""
    words = ibis.literal(f"{store_secret(view)} {column} ") + t.source + ibis.literal(" ") + t[column]
    return words.hexdigest("sha256")[:20]


def replaced(view: View, viewer: Viewer, t: ir.Table, *columns: str) -> dict[str, ir.StringValue]:
    """The identifiers in these columns: as they are for who sees all of the site, else pseudonyms."""
    return {name: ibis.ifelse(sees_all(viewer, t), t[name], pseudonym(view, t, name)) for name in columns}


def hidden(viewer: Viewer, t: ir.Table, *columns: str) -> dict[str, ir.Value]:
    """The columns emptied where the viewer does not see all of the site."""
    return {name: ibis.ifelse(sees_all(viewer, t), t[name], ibis.null(t[name].type())) for name in columns}


def coarse(viewer: Viewer, t: ir.Table) -> dict[str, ir.FloatingValue]:
    """The position: exact for who sees all of the site, else on the partner grid."""
    is_exact = sees_all(viewer, t)
    return {axis: is_exact.ifelse(t[axis], snap(t[axis]).round(3)) for axis in ("latitude", "longitude")}


def masked(viewer: Viewer, t: ir.Table, words: str) -> dict[str, ir.StringValue]:
    """What was made coarser, in words, where the viewer does not see all of the site."""
    return {"masking": ibis.ifelse(sees_all(viewer, t), "", words)}
