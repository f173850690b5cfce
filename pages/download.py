"""Download: choose tables, sites, days, taxa and columns; see rows, size and a preview; then build the package."""

import streamlit as st

from ui import (
    cached,
    cached_download,
    download,
    download_build,
    download_snippets,
    layout,
    notices,
    tables_download,
    url,
)
from ui.scope import current
from ui.text import count, joined, moment, number, plain

scope = current()


@st.dialog("Share this page", icon=":material/share:")
def share() -> None:
    st.write("Anyone with this link sees the same choice, as far as they may have the data.")
    st.code(url.shared(), language=None, wrap_lines=True)


def contents(wanted: download.Wanted) -> str:
    """What the package will hold, and its first rows; gives why it cannot be made, empty where it can."""
    spec = wanted.spec(scope)
    found = cached_download.estimates(scope, spec)
    total = number(sum(one.rows for one in found))
    about = download.size(sum(one.size_bytes for one in found))
    with layout.card("What you get", f"{total} rows in {count(len(found), 'table')}, about {about} as a zip"):
        tables_download.contents(found, entries, [download.size(one.size_bytes) for one in found])
        for sentence in download.does_not_apply(wanted.choice, [entries[one.table] for one in found]):
            st.caption(f":material/info: {sentence}")
        name = url.one(
            st.selectbox,
            "First rows of",
            [one.table for one in found],
            key="preview",
            default=found[0].table,
            format_func=lambda one: entries[one].title,
            width=320,
        )
        rows = cached_download.preview(scope, spec, name)
        if rows.empty:
            st.caption("No row of this table passes the filters.")
        else:
            tables_download.preview(rows, entries[name].title)
    return download.too_much(wanted, found)


def build(wanted: download.Wanted, refusal: str) -> None:
    """The button that builds, its progress, and the file that was built."""
    if refusal:
        notices.restricted(plain(refusal))
        return
    with layout.card("Build", "Nothing is made before you press the button; the file is kept for 15 minutes"):
        if st.button("Build package", icon=":material/folder_zip:"):
            bar = st.progress(0.0, "Reading the rows")
            try:
                download_build.build(scope, wanted, lambda done, total: advance(bar, done, total))
            except (download_build.NotBuilt, download_build.NotOffered) as reason:
                st.error(plain(reason), icon=":material/error:")
            bar.empty()
        built = download_build.last_built()
        if built is None:
            return
        if built.question != download_build.question_of(scope, wanted):
            st.caption("What you built before was another choice. Build again for this one.")
        elif not built.is_there:
            st.caption("The file that you built is no longer kept. Build it again.")
        else:
            result(built)


def advance(bar, done: int, total: int) -> None:
    bar.progress(min(1.0, done / total) if total else 1.0, f"{number(done)} of {number(total)} rows")


def result(built: download_build.Built) -> None:
    st.markdown(f":material/check_circle: **{plain(built.name)}** · {download.size(built.size)}")
    st.link_button("Save the file", built.link, icon=":material/download:")
    st.caption(f"Kept until {moment(built.until)}. SHA-256 of the file:")
    st.code(built.sha256, language=None, wrap_lines=True)


def in_code(wanted: download.Wanted) -> None:
    """The same for programs, and the spec that gives it again."""
    needs_token = scope.viewer.role != "public"
    with layout.card("Use it in code", "The same rows for scripts; an address always answers with the newest data"):
        found = download_snippets.snippets(download.api_address(), wanted, needs_token)
        spec = "" if wanted.is_archive else "package.json"
        names = [*found, *filter(None, [spec])]
        for name, tab in zip(names, st.tabs(names), strict=True):
            with tab:
                if name == spec:
                    st.code(wanted.spec(scope).to_json(), language="json")
                    st.code(download_snippets.again(download.api_address(), needs_token), language="bash")
                else:
                    language, text = found[name]
                    st.code(text, language=language)


def about_the_data(names: tuple[str, ...]) -> None:
    """Whose data these are, and what this reader cannot have."""
    owners = cached_download.owners(scope, entries, names)
    layout.table_twin(
        f"Licences and citations of {count(len(owners), 'source')}",
        "owners_table",
        lambda: tables_download.owners(owners),
    )
    withheld = cached_download.withheld(scope)
    if withheld:
        layout.table_twin(
            f"{count(len(withheld), 'table')} that you may not have, and why",
            "withheld_table",
            lambda: tables_download.withheld(withheld),
        )


sites = cached.summary(scope).sites
if not sites:
    layout.header("Download", "No site yet")
    notices.no_sites()
    st.stop()
entries = cached_download.catalogue(scope)
actions = layout.header(
    "Download",
    joined([count(len(entries), "table"), f"data version {scope.view.version} of {moment(scope.view.committed_at)}"]),
)
if actions.button("Share", icon=":material/share:"):
    share()
kind = download.choose_kind()
choice = download.choose_rows(scope, sites)
if kind in cached_download.ARCHIVES:
    wanted = download.Wanted(kind, (), choice)
    refusal = cached_download.refusal(scope, kind, choice)
    names = ("detections_by_month", "detections", "deployments")
else:
    st.header("Tables", anchor=False)
    chosen = download.choose_tables(entries)
    if not chosen:
        notices.empty("table_rows", "No table is chosen", "Choose at least one table above.")
        about_the_data(tuple(entries))
        st.stop()
    wanted = download.Wanted(kind, download.choose_columns(entries, chosen), choice)
    refusal, names = contents(wanted), tuple(chosen)
build(wanted, refusal)
if not refusal:
    in_code(wanted)
about_the_data(names)
