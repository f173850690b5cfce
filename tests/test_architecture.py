"""Who may import whom, and how large a file may grow: the rules of docs/ARCHITECTURE.md as one table."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
MAY_IMPORT = {
    "ledger": {"ledger"},
    "connectors": {"connectors", "data.schema", "ledger"},
    "metrics": {"metrics"},
    "data": {"data"},
    "ingestion": {"ingestion", "connectors", "data", "metrics", "ledger"},
    "ingest": {"ingestion", "connectors", "data"},
    "demo": {"demo", "ingestion", "data", "ledger"},
    "exports": {"exports", "metrics", "data", "ledger", "connectors.errors", "connectors.ledger_rpc"},
    "ui": {"ui", "exports", "metrics", "data", "ledger", "ingestion.submissions", "ingestion.ledger_now"},
    "pages": {"ui", "metrics"},
    "dashboard": {"ui", "data.settings", "demo.start"},
    "docs": {"docs", "data", "metrics"},
}
ONLY_IN = {
    "streamlit": {"ui", "pages", "dashboard"},
    "requests": {"connectors.http", "connectors.reachable"},
    "duckdb": {"data"},
    "ibis": {"data"},
    "deltalake": {"data"},
}
ASKS_ALL = {"tests", "benchmarks"}
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 50


def _modules() -> dict[str, Path]:
    """Every Python file of the project by its module name."""
    files = (path.relative_to(PROJECT) for path in PROJECT.rglob("*.py"))
    shown = [
        path for path in files if not any(part.startswith((".", "_")) and part != "__init__.py" for part in path.parts)
    ]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): PROJECT / path for path in sorted(shown)}


MODULES = _modules()
PRODUCT = {name: path for name, path in MODULES.items() if name.split(".")[0] not in ASKS_ALL}
OURS = {name.split(".")[0] for name in MODULES}
EACH = pytest.mark.parametrize("module", PRODUCT)


def _imports(path: Path) -> Iterator[str]:
    """Full names of all that a file imports, whatever the depth at which it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import; write it in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _lies_in(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def _top(name: str) -> str:
    return name.split(".")[0]


def test_every_package_has_its_place_in_the_table() -> None:
    assert {_top(module) for module in PRODUCT} <= set(MAY_IMPORT)


@EACH
def test_imports_go_in_one_direction(module: str) -> None:
    ours = {name for name in _imports(MODULES[module]) if _top(name) in OURS}
    assert not {name for name in ours if not _lies_in(name, MAY_IMPORT[_top(module)])}


@EACH
def test_each_outside_library_is_known_to_one_place(module: str) -> None:
    outside = {_top(name) for name in _imports(MODULES[module])} & set(ONLY_IN)
    assert not {library for library in outside if not _lies_in(module, ONLY_IN[library])}


def test_pages_only_ask_and_show() -> None:
    for module in (name for name in PRODUCT if _top(name) == "pages"):
        names = {_top(name) for name in _imports(MODULES[module])}
        assert not names & {"pandas", "numpy", "pyarrow", "plotly", "pydeck"}, module


def test_the_rules_see_what_they_are_about() -> None:
    """Each library of the table is really imported where it may be, so that a renamed one cannot slip through."""
    for library, places in ONLY_IN.items():
        assert any(
            library == _top(name)
            for module in PRODUCT
            if _lies_in(module, places)
            for name in _imports(MODULES[module])
        )


@pytest.mark.parametrize("module", MODULES)
def test_a_file_can_be_read_in_one_go(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES, f"{module} has {lines} lines; split it by what it does"


@EACH
def test_a_function_fits_on_a_screen(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name for node in functions if node.end_lineno - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION}
    assert not long


def test_no_module_beside_the_main_script_hides_a_package() -> None:
    """Streamlit looks beside ui/shell.py first, so ui/ledger.py would be found where the package ledger is meant."""
    assert not {path.stem for path in (PROJECT / "ui").glob("*.py")} & OURS


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "misc"}
    assert not [module for module in MODULES if module.split(".")[-1] in drawers]
