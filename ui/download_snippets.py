"""Lines of code that fetch from the API what the page Download would build. Tables come as Parquet, which keeps types.

Names from outside are in them only as parts of addresses, where every sign that means something is written as a code.
"""

from ui.download import Wanted

VARIABLE = "T4N_TOKEN"
ABOUT = "# {} holds the token that you were given by those who run the dashboard."
SECONDS = 600
# The table of detections in each archive, and how its columns are separated.
MAIN_FILES = {"camtrap-dp": ("observations.csv", ","), "darwin-core": ("occurrence.txt", "\\t")}
_PYTHON_HEADERS = '{"Authorization": "Bearer " + os.environ["T4N_TOKEN"]}'
Snippets = dict[str, tuple[str, str]]


def snippets(api: str, wanted: Wanted, needs_token: bool) -> Snippets:
    """By the name of the tool, the language of the snippet and its text; `api` is the address of the API."""
    python, r, shell = (_archive if wanted.is_archive else _tables)(wanted, needs_token)
    start = f"{ABOUT.format(VARIABLE)}\n" if needs_token else ""
    return {
        "pandas": ("python", f'{start}{python[0]}\n\napi = "{api}"\n{python[1]}\n'),
        "R": ("r", f'{start}api <- "{api}"\n{_r_fetch(needs_token)}{r}'),
        "DuckDB": ("bash", f'{start}api="{api}"\n{shell}'),
        "curl": ("bash", f'{start}api="{api}"\n{_curl(wanted, needs_token)}'),
    }


def again(api: str, needs_token: bool) -> str:
    """The commands that give the package of a package.json again."""
    header = _header(needs_token)
    return (
        "# From the dashboard, as long as it keeps this data version:\n"
        f"curl -fOJ {header}--data-binary @package.json {api}/package\n\n"
        "# Where the store is:\n"
        "python -m exports.data_package --spec package.json\n"
    )


def _tables(wanted: Wanted, needs_token: bool) -> tuple[tuple[str, str], str, str]:
    is_placed = wanted.kind in ("geoparquet", "geopackage")
    ending = "geoparquet" if is_placed else "parquet"
    questions = {table.name: wanted.table_question(table, ending) for table in wanted.tables}
    options = ""
    imports, lines = "import pandas as pd", []
    if needs_token:
        imports = "import os\n\nimport pandas as pd"
        lines.append(f"headers = {_PYTHON_HEADERS}")
        options = ", storage_options=headers"
    lines += [f'{name} = pd.read_parquet(api + "{question}"{options})' for name, question in questions.items()]
    r = "".join(f'{name} <- arrow::read_parquet(fetch("{question}"))\n' for name, question in questions.items())
    header = _header(needs_token)
    shell = "".join(f'curl -f {header}-o {name}.parquet "$api{question}"\n' for name, question in questions.items())
    shell += "".join(f"duckdb network.duckdb \"CREATE TABLE {name} AS FROM '{name}.parquet'\"\n" for name in questions)
    return (imports, "\n".join(lines)), r, shell


def _archive(wanted: Wanted, needs_token: bool) -> tuple[tuple[str, str], str, str]:
    file, sign = MAIN_FILES[wanted.kind]
    name, question = file.partition(".")[0], wanted.question()
    headers = _PYTHON_HEADERS if needs_token else "{}"
    modules = ["io", *(["os"] if needs_token else []), "zipfile"]
    imports = "\n".join([*(f"import {one}" for one in modules), "from urllib.request import Request, urlopen"])
    python = (
        f'with urlopen(Request(api + "{question}", headers={headers}), timeout={SECONDS}) as answer:\n'
        "    archive = zipfile.ZipFile(io.BytesIO(answer.read()))\n"
        f'{name} = pd.read_csv(archive.open("{file}"), sep="{sign}", dtype="string")'
    )
    r = f'{name} <- read.delim(unz(fetch("{question}"), "{file}"), sep = "{sign}", colClasses = "character")\n'
    shell = (
        f'curl -f {_header(needs_token)}-o {wanted.kind}.zip "$api{question}"\n'
        f"unzip {wanted.kind}.zip {file}\n"
        f"duckdb network.duckdb \"CREATE TABLE {name} AS FROM read_csv('{file}', delim = '{sign}', header = true)\"\n"
    )
    return (f"{imports}\n\nimport pandas as pd", python), r, shell


def _curl(wanted: Wanted, needs_token: bool) -> str:
    return f'curl -fOJ {_header(needs_token)}"$api{wanted.question()}"\n'


def _r_fetch(needs_token: bool) -> str:
    headers = f', headers = c(Authorization = paste("Bearer", Sys.getenv("{VARIABLE}")))' if needs_token else ""
    return (
        "fetch <- function(question) {\n"
        "  file <- tempfile()\n"
        f'  download.file(paste0(api, question), file, mode = "wb"{headers})\n'
        "  file\n"
        "}\n"
        f"options(timeout = {SECONDS})\n"
    )


def _header(needs_token: bool) -> str:
    return f'-H "Authorization: Bearer ${VARIABLE}" ' if needs_token else ""
