"""Where a filled workbook is handed in and a reviewer rates an indicator; nothing is stored before it is shown."""

import hashlib

import pandas as pd
import streamlit as st

from ingestion import submissions
from ui import audited, layout, tables
from ui import green_list_words as words
from ui.assess import Assessment
from ui.scope import Scope
from ui.text import count, plain

LONGEST_COMMENT = 2_000
VERDICT_WORDS = {"stored": "✓ Will be stored", "refused": "✕ Refused", "no rating": "– Nothing to store"}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DONE = "submitted"


def section(scope: Scope, found: Assessment | None) -> None:
    """What the viewer may hand in for this site: a workbook, a review, or nothing, which is said."""
    role = scope.viewer.role
    st.header("Hand in", anchor=False)
    if done := st.session_state.pop(_DONE, ""):
        st.success(done, icon=":material/check_circle:")
    if role not in ("site", "reviewer", "staff"):
        st.caption(
            ":material/lock: Managers of a site hand in their self-assessment here, and reviewers their ratings. "
            "You may do neither."
        )
        return
    _upload(scope)
    if found is not None and role in ("reviewer", "staff") and not found.indicators.empty:
        _review(scope, found)


def _upload(scope: Scope) -> None:
    note = (
        "Fill in the workbook, hand it in, and see row by row what will be stored; nothing is stored before you agree"
    )
    with layout.card("A filled workbook", note):
        st.download_button(
            "Empty workbook",
            data=submissions.template,
            file_name="green_list_assessment.xlsx",
            mime=WORKBOOK,
            icon=":material/download:",
            on_click="ignore",
        )
        file = st.file_uploader("Filled workbook (.xlsx or .csv, at most 20 MB)", type=["xlsx", "csv"], key="workbook")
        if file is None:
            return
        content = file.getvalue()
        checked = _checked(scope, file.name, content)
        _report(checked)
        if checked.can_be_stored and st.button(
            f"Store {count(checked.storable, 'rating')}", type="primary", icon=":material/upload:"
        ):
            stored = submissions.submit(checked, content, scope.viewer, scope.store)
            sites = checked.assessments["site_id"]
            audited.note(
                scope, "upload", sites=sites, rows=checked.storable, sha256=stored.sha256, outcome=stored.outcome
            )
            _tell(stored)


def _checked(scope: Scope, name: str, content: bytes) -> submissions.Checked:
    """The report on a file, made once while its reader looks at it."""
    digest = hashlib.sha256(content).hexdigest()
    key = (digest, scope.view.version, scope.viewer)
    kept = st.session_state.get("checked")
    if kept is None or kept[0] != key:
        with st.spinner("Reading the workbook …"):
            kept = (key, submissions.check(content, name, scope.viewer, scope.view))
        audited.note(scope, "upload", sha256=digest, outcome="checked" if kept[1].can_be_stored else "refused")
        st.session_state["checked"] = kept
    return kept[1]


def _report(checked: submissions.Checked) -> None:
    for problem in checked.problems:
        st.error(plain(problem), icon=":material/block:")
    for notice in checked.notices:
        st.warning(plain(notice), icon=":material/info:")
    for one in checked.assessments.to_dict("records"):
        st.markdown(
            f"**{plain(one['assessment_id'])}** · site {plain(one['site_id'])} · {count(one['ratings'], 'rating')}"
        )
    if checked.rows.empty:
        return
    refused = int(checked.rows["verdict"].eq("refused").sum())
    st.caption(f"{count(len(checked.rows), 'row')}: {checked.storable:,} to be stored, {refused:,} refused.")
    shown = checked.rows.assign(
        says=[words.rating(one) for one in checked.rows["rating"]],
        who=[words.ROLE_WORDS.get(one, one) for one in checked.rows["role"]],
        told=[VERDICT_WORDS[one] for one in checked.rows["verdict"]],
    )
    shown = pd.concat([shown[shown["verdict"].eq("refused")], shown[shown["verdict"].ne("refused")]])
    headings = {"row": "Row", "indicator_id": "Indicator", "who": "Role", "says": "Rating", "told": "What happens"}
    tables.plain_table(shown, headings | {"reason": "Why"}, "Report on each row of the workbook")


def _review(scope: Scope, found: Assessment) -> None:
    with layout.card("A reviewer's rating", "The newest counts; earlier ones are kept"), st.form("review"):
        indicators = found.indicators["indicator_id"].tolist()
        texts = dict(zip(indicators, found.indicators["text"], strict=True))
        indicator = st.selectbox(
            "Indicator", indicators, format_func=lambda one: f"{words.short(one)} {texts[one]}", key="review_indicator"
        )
        rating = st.radio(
            "Rating",
            list(words.RATING_WORDS),
            index=None,
            format_func=words.RATING_WORDS.get,
            horizontal=True,
            key="review_rating",
        )
        comment = st.text_area("Comment", max_chars=LONGEST_COMMENT, key="review_comment")
        is_handed_in = st.form_submit_button("Store this rating", icon=":material/rate_review:")
        if is_handed_in and rating is None:
            st.error("Choose a rating first.", icon=":material/error:")
        elif is_handed_in:
            assessment_id = found.facts["assessment_id"]
            asked = (scope.view, assessment_id, indicator, rating, comment, scope.viewer, scope.store)
            stored = submissions.review(*asked)
            site_id = found.facts["site_id"]
            audited.note(scope, "review", sites=[site_id], rows=1, sha256=stored.sha256, outcome=stored.outcome)
            _tell(stored)


def _tell(stored: submissions.Stored) -> None:
    if stored.is_stored:
        st.session_state[_DONE] = plain(stored.sentence)
        st.session_state.pop("checked", None)
        st.rerun()
    st.error(plain(stored.sentence), icon=":material/error:")
