"""Write docs/metrics.md from the docstrings of metrics/ and docs/data-dictionary.md from data/schema/.

Run `python -m docs.build` from the project's folder after changing either; a test fails while the pages are stale.
"""

import ast
from pathlib import Path

from data.schema import TABLES, Field, Table

DOCS = Path(__file__).parent
ROOT = DOCS.parent
NOTE = "<!-- Written by `python -m docs.build`: change the source named below, not this page. -->"


def metrics_page() -> str:
    """Markdown of every public function and class in metrics/, by module."""
    modules = sorted((ROOT / "metrics").glob("*.py"))
    intro = (
        "# Metrics\n\n"
        "Every figure on a page, in a download or in a report comes from one of these functions (`metrics/`).\n"
        "Nothing measured is never shown as zero: the result is then missing and says why.\n"
    )
    return "\n".join([NOTE, "", intro, *(_module_section(path) for path in modules if path.stem != "__init__")])


def data_dictionary_page() -> str:
    """Markdown of every stored table with its key and fields, as declared in data/schema/."""
    intro = (
        "# Data dictionary\n\n"
        "The tables of the store, as declared in `data/schema/`. Times are UTC and identifiers are text.\n"
        "Every table also has `source`, the name of its source in network.toml; keys are unique per source.\n"
    )
    return "\n".join([NOTE, "", intro, *(_table_section(table) for table in TABLES.values())])


def pages() -> dict[Path, str]:
    """The generated pages: where each lies and what it must say."""
    return {DOCS / "metrics.md": metrics_page(), DOCS / "data-dictionary.md": data_dictionary_page()}


def _module_section(path: Path) -> str:
    module = ast.parse(path.read_text(encoding="utf-8"))
    parts = [f"## metrics.{path.stem}\n", f"{ast.get_docstring(module)}\n"]
    for member in module.body:
        if isinstance(member, ast.FunctionDef | ast.ClassDef) and not member.name.startswith("_"):
            code = f"```python\n{_signature(member)}\n```\n"
            parts += [f"### {member.name}\n", code, f"{ast.get_docstring(member)}\n"]
    return "\n".join(parts)


def _signature(member: ast.FunctionDef | ast.ClassDef) -> str:
    """The head of a function as its source has it, or the fields of a dataclass."""
    if isinstance(member, ast.FunctionDef):
        return f"{member.name}({ast.unparse(member.args)}) -> {ast.unparse(member.returns)}"
    fields = [ast.unparse(line) for line in member.body if isinstance(line, ast.AnnAssign)]
    return "\n".join([f"class {member.name}", *(f"    {field}" for field in fields)])


def _table_section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    month = f" Partitioned by the month of `{table.month_of}`." if table.month_of else ""
    head = "| field | type | unit | required | allowed | meaning |\n|---|---|---|---|---|---|"
    rows = "\n".join(_field_row(field) for field in table.fields)
    return f"## {table.name}\n\n{table.meaning}.\n\nKey: {key}.{month}\n\n{head}\n{rows}\n"


def _field_row(field: Field) -> str:
    required = "yes" if field.required else ""
    cells = (f"`{field.name}`", str(field.type), field.unit, required, _allowed(field), field.meaning)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _allowed(field: Field) -> str:
    if field.allowed:
        return ", ".join(field.allowed)
    low, high = field.minimum, field.maximum
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low:g} or more"
    return f"up to {high:g}" if low is None else f"{low:g} to {high:g}"


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
