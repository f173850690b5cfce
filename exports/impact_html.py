"""The impact report as one HTML file: no script, no request to anywhere, readable on a phone, in the dark, on paper."""

import re
from collections.abc import Sequence
from html import escape

from exports.csv_cells import DEMO_LINE, one_line
from exports.impact_document import AGAIN, NO_CAUSE, TIER, Report, Section

CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SOURCE_HEADINGS = ("Source", "What it is", "Licence", "Newest record", "Last pull")
CODE = re.compile(r"`([^`]+)`")
STYLE = """\
:root { color-scheme: light dark; --text: #08130F; --muted: #51645E; --page: #FFFFFF; --line: #DCE5E0;
  --accent: #00695C; --demo: #8A4B00; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 820px; padding: 16px; color: var(--text); background: var(--page);
  font: 16px/1.5 'DejaVu Sans', 'Noto Sans', system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3em; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 1.6em 0 .4em; }
h3 { font-size: 1.05rem; margin: 0 0 .2em; }
.method { font-size: .9rem; margin: 1em 0 .2em; font-family: monospace; }
p { margin: .3em 0; }
a { color: var(--accent); }
.headline { font-size: 1.5rem; font-weight: bold; color: var(--accent); }
.small, footer, .sources { font-size: .82rem; color: var(--muted); }
.demo { color: var(--demo); font-weight: bold; border: 2px solid; padding: .3em .6em; }
section.figure { border-top: 1px solid var(--line); padding: 14px 0; }
.chart { margin: .6em 0; padding: 4px; background: #FFFFFF; border-radius: 6px; overflow-x: auto; }
.chart svg { display: block; width: 100%; min-width: 330px; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5em 0; }
th, td { text-align: left; vertical-align: top; padding: .25em .6em .25em 0; border-bottom: 1px solid var(--line); }
code { font-size: .85em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; border: 1px solid var(--line); padding: .6em; }
@media (prefers-color-scheme: dark) {
  :root { --text: #E8F0ED; --muted: #A3B5AF; --page: #0D1718; --line: #26393A; --accent: #5FD6C0; --demo: #F2B233; }
}
@page { size: A4; margin: 18mm 16mm 18mm 16mm;
  @top-left { content: string(kind, first); font: 8pt sans-serif; color: #51645E; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #51645E; } }
@media print {
  :root { color-scheme: light; --text: #08130F; --muted: #40504B; --page: #FFFFFF; --line: #C5D0CB; --accent: #00695C;
    --demo: #8A4B00; }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.4; }
  nav { display: none; }
  section.figure { padding: 6px 0; }
  section.figure, tr, .keep, .chart { break-inside: avoid; }
  h1, h2, h3, .lead { break-after: avoid; }
  .chart { padding: 0; overflow: visible; }
  .chart svg { min-width: 0; max-height: 58mm; }
  #map .chart svg { max-height: 96mm; }
  .headline { font-size: 14pt; }
  .new-page { break-before: page; }
  a { color: inherit; text-decoration: none; }
}
"""


def html(report: Report) -> bytes:
    """The report as a file of its own, UTF-8; the same report gives the same bytes."""
    title = _text(report.title)
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}{' (demo data)' if report.is_demo else ''}</title>",
        f"<style>\n{_style(report)}</style>",
        "</head>",
        "<body>",
        *_head(report),
        "<main>",
        '<h2 id="figures">What was reached</h2>',
        *(line for section in report.figures for line in _section(section)),
        *_comparisons(report),
        *_sources(report),
        *_methods(report),
        "</main>",
        *_foot(report),
        "</body>",
        "</html>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _style(report: Report) -> str:
    kind = "Impact report" + (f" · {DEMO_LINE}" if report.is_demo else "")
    return STYLE.replace("string(kind, first)", f'"{kind} · {report.made_of}"')


def _head(report: Report) -> list[str]:
    return [
        "<header>",
        f"<h1>{_text(report.title)}</h1>",
        *([f'<p class="demo">{DEMO_LINE}</p>'] if report.is_demo else []),
        f"<p>{' · '.join(_text(one) for one in report.filters)} · until {_text(report.until)}</p>",
        f'<p class="small">{_text(report.made_of)}. {TIER}</p>',
        '<nav aria-label="Contents"><ul>',
        *(f'<li><a href="#{_text(one.key)}">{_text(one.title)}</a></li>' for one in report.sections),
        '<li><a href="#sources">Sources</a></li>',
        '<li><a href="#methods">How the figures are computed</a></li>',
        "</ul></nav>",
        "</header>",
    ]


def _section(section: Section) -> list[str]:
    key = _text(section.key)
    methods = ", ".join(f'<a href="#{_text(name)}">{_text(name)}</a>' for name in section.methods)
    return [
        f'<section class="figure" id="{key}" aria-labelledby="{key}-heading">',
        f'<h3 id="{key}-heading">{_text(section.title)}</h3>',
        *([f'<p class="headline">{_text(section.headline)}</p>'] if section.headline else []),
        f"<p>{_text(section.sentence)}</p>",
        *([f'<div class="chart">{section.svg}</div>'] if section.svg else []),
        *_table(section.headings, section.rows, section.title),
        *([f'<p class="small">{_text(section.caveat)}</p>'] if section.caveat else []),
        *([f'<p class="small">{_text(section.sample)}</p>'] if section.sample else []),
        *([f'<p class="small">How is this computed: {methods}</p>'] if methods else []),
        "</section>",
    ]


def _comparisons(report: Report) -> list[str]:
    if not report.comparisons:
        return []
    return [
        '<h2 id="before-after">Before and after</h2>',
        f'<p class="lead">{NO_CAUSE}</p>',
        *(line for section in report.comparisons for line in _section(section)),
    ]


def _sources(report: Report) -> list[str]:
    rows = [(one.name, one.title, one.licence, one.newest, one.state) for one in report.sources]
    return ['<h2 id="sources" class="new-page">Sources</h2>', *_table(SOURCE_HEADINGS, rows, "Sources", "sources")]


def _methods(report: Report) -> list[str]:
    lines = ['<h2 id="methods">How the figures are computed</h2>']
    for name, words in report.methods:
        paragraphs = [CODE.sub(r"<code>\1</code>", _text(part)) for part in words.split("\n\n")]
        lines.append(f'<section class="keep"><h3 class="method" id="{_text(name)}">{_text(name)}</h3>')
        lines += [*(f'<p class="small">{part}</p>' for part in paragraphs), "</section>"]
    return lines


def _foot(report: Report) -> list[str]:
    return [
        '<footer class="keep">',
        '<h2 id="again">How to get it again</h2>',
        f"<p>{AGAIN}</p>",
        f"<p>{_text(report.made_of)}. On the page Impact: <code>{_text(report.address)}</code></p>",
        f"<pre>{_text(report.command)}</pre>",
        "</footer>",
    ]


def _table(headings: tuple[str, ...], rows: Sequence[Sequence[str]], label: str, kind: str = "small") -> list[str]:
    """A table that scrolls in its own box where it is too wide, also by keyboard."""
    if not rows:
        return []
    head = "".join(f'<th scope="col">{_text(one)}</th>' for one in headings)
    body = [f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows]
    opened = f'<div class="wide" tabindex="0" role="region" aria-label="{_text(label)}, table"><table class="{kind}">'
    return [opened, f"<thead><tr>{head}</tr></thead><tbody>", *body, "</tbody></table></div>"]


def _text(words: object) -> str:
    return escape(one_line(words), quote=True)
