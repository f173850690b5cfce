"""Assess: one site's Green List assessment by role, its evidence, what monitoring says beside it, and its versions."""

import streamlit as st

from metrics import green_list, phases, projection
from metrics import readiness as metric
from ui import (
    assess,
    cached,
    cached_assessments,
    client,
    evidence,
    evidence_pack,
    layout,
    ledger_badge,
    notices,
    readiness,
    results,
    site_picker,
    submit,
    tables_assess,
    url,
)
from ui import green_list_words as words
from ui.scope import current
from ui.text import count, day, is_missing, is_true, joined, plain

RATINGS_WITHHELD = (
    "The ratings of this assessment are shared with partners, reviewers and those who look after the site."
)
WORDS_WITHHELD = "Comments and evidence are for reviewers and for those who look after the site."

scope = current()
mode = client.mode()


def choose_version(versions) -> str:
    names = {row["assessment_id"]: assess.version_name(row) for row in versions.to_dict("records")}
    final = versions[versions["status"].ne("draft").fillna(True)]
    newest = (final if len(final) else versions)["assessment_id"].iloc[0]
    return url.one(
        st.selectbox,
        "Version",
        list(names),
        key="version",
        default=newest,
        format_func=names.get,
        on_change=url.forget,
        args=("against",),
        width=360,
    )


def key_figures(found: assess.Assessment) -> None:
    with layout.figures():
        for role in words.ROLES:
            if role not in found.roles:
                results.figure(words.ROLE_WORDS[role], results.DASH, "Has not rated this version")
                continue
            ready = found.ready[role]
            blocker = f"next in the way: {words.short(ready.next_blocker)}" if ready.next_blocker else ""
            unknown = f"{ready.unknown} not known" if ready.unknown else ""
            oldest = f"oldest evidence {day(ready.oldest_evidence_on)}" if ready.oldest_evidence_on else ""
            shown = ready.as_result()
            told = results.DASH if shown.missing else f"{ready.met} of {ready.criteria}"
            results.figure(words.ROLE_WORDS[role], told, joined([unknown, blocker, oldest]), metric.readiness)
        disagreed = int(found.indicators["is_disagreed"].sum())
        results.figure(
            "Roles disagree on", f"{disagreed}", "Indicators rated by two roles or more", metric.disagreements
        )


def clock_card(found: assess.Assessment, site) -> None:
    with layout.card("Where this stands", height="stretch"):
        st.table(assess.facts_of(found), border="horizontal", width="stretch")
        committed = found.facts["committed_on"]
        committed = None if is_missing(committed) else committed.date()
        commitment = phases.commitment_clock(committed, site["phase"], scope.today)
        listing = green_list.listing_clock(
            site["expires_on"], site["phase"], scope.today, is_true(site["is_expiry_year_only"])
        )
        st.markdown(commitment.sentence if commitment.state != "listed" else listing.sentence)
        role = found.roles[0] if found.roles else "self"
        outlook = cached_assessments.outlook(scope, site_id, role)
        st.markdown(outlook.sentence, help=results.how(projection.projection))
        if outlook.basis:
            st.caption(f"{words.ROLE_WORDS[role]}: {outlook.basis}.")


def criterion_card(found: assess.Assessment, criterion: str, judged: list) -> None:
    title = found.standard.criteria[criterion].title
    with layout.card(f"{criterion} {plain(title)}", states_in_words(found, criterion)):
        if found.of_criterion(criterion).empty:
            st.caption("No indicator of this criterion is published in the open, and nobody has rated one.")
        else:
            tables_assess.indicators(found, criterion)
        if tables_assess.has_evidence(found, criterion):
            layout.table_twin(
                "Comments and evidence", f"evidence_{criterion}", lambda: tables_assess.evidence(found, criterion)
            )
        for one in (one for one in judged if one.link.criterion == criterion):
            monitoring_line(one)


def states_in_words(found: assess.Assessment, criterion: str) -> str:
    told = [f"{words.ROLE_WORDS[role]}: {words.state(found.state_of(criterion, role))}" for role in found.roles]
    return joined(told) or "Nobody has rated it"


def monitoring_line(one) -> None:
    about = f"Indicator {words.short(one.link.indicator_id)}: " if one.link.indicator_id else ""
    shown = ""
    if one.result.value is not None:
        mark = {"at_least": "at least", "at_most": "at most"}[one.link.comparison]
        shown = f"{results.value(one.result, 1)} {one.link.unit}, mark {mark} {one.link.threshold:g}; "
        shown += results.sample(one.result)
    icon = evidence.VERDICT_ICONS[one.verdict]
    told = f"{icon} **{tables_assess.STATE_WORDS[one.verdict]}** · {about}{evidence.sentence(one)}"
    st.markdown(f"{told}  \n:small[:gray[{shown}]]" if shown else told, help=f"{one.how}\n\n{one.link.reason}")


def versions_card(found: assess.Assessment, versions) -> None:
    others = [row for row in versions.to_dict("records") if row["assessment_id"] != found.facts["assessment_id"]]
    with layout.card("Versions", f"{count(len(versions), 'version')} kept"):
        if not others:
            st.caption("This is the only version so far.")
            return
        names = {row["assessment_id"]: assess.version_name(row) for row in others}
        older = [row["assessment_id"] for row in others if row["day"] <= found.facts["day"]]
        against = url.one(
            st.selectbox,
            "Compare with",
            list(names),
            key="against",
            default=older[0] if older else next(iter(names)),
            format_func=names.get,
            width=360,
        )
        other = cached_assessments.assessment(scope, site_id, against)
        changed = assess.differences(found, other)
        if changed.empty:
            st.caption("No rating that you may see differs.")
        else:
            st.caption(f"{count(len(changed), 'rating')} differ; a dash: not rated.")
            tables_assess.differences(changed)


def other_tools_card(assessments) -> None:
    others = assess.other_tools(assessments, site_id)
    if len(others):
        with layout.card("By other tools", "METT, IMET and others; not comparable with the Green List"):
            tables_assess.other_tools(others)


def criteria_section(found: assess.Assessment, judged: list) -> None:
    st.header("Criteria", anchor=False)
    st.caption("What monitoring says never changes a rating: it supports or questions it.")
    st.caption(
        "Not every indicator of the Standard is published in the open. A criterion without a known indicator stays not "
        "known until a role rates its own: add those of your copy to the workbook."
    )
    components = found.standard.components
    asked = st.query_params.get("criterion", "")
    start = asked.split(".")[0] if asked in readiness.CRITERIA else next(iter(components))
    chosen = url.one(
        st.segmented_control,
        "Component",
        list(components),
        key="component",
        default=start,
        format_func=lambda number: f"{number} {components[number].title}",
    )
    for criterion in (one for one in readiness.CRITERIA if one.split(".")[0] == chosen):
        criterion_card(found, criterion, judged)


assessments = cached_assessments.assessments(scope)
own_tool = assessments[assessments["tool"].eq(readiness.TOOL)]
sites = cached.sites(scope)
sites = sites[sites["site_id"].isin(own_tool["site_id"])]
if sites.empty:
    layout.header("Assess", "No Green List assessment yet")
    notices.empty("fact_check", "No assessment yet", "They appear here once a source of assessments has been pulled.")
    submit.section(scope, None)
    st.stop()
site_id, row = site_picker.pick(sites, "Green List assessment", ("version", "against", "component", "criterion"))
versions = assess.versions(assessments, site_id)
with row:
    version = choose_version(versions)
    site_picker.profile_link(site_id)
site = cached.site(scope, site_id)
found = cached_assessments.assessment(scope, site_id, version)
actions = layout.header(f"Assessment of {plain(site['site_name'])}", plain(assess.version_name(found.facts)))
ledger_badge.header(actions, scope, found.facts["assessment_id"])
judged = evidence.judged(scope, site)
if found.ratings.empty:
    notices.restricted(RATINGS_WITHHELD if not scope.viewer.sees_species_of(site_id) else "Nobody has rated it yet.")
elif cached_assessments.sees_words(scope, site_id):
    evidence_pack.button(actions, scope, site, found, judged)
key_figures(found)
main, side = layout.columns(1, 1)
with main:
    clock_card(found, site)
with side:
    versions_card(found, versions)
criteria_section(found, judged)
other_tools_card(assessments)
if not cached_assessments.sees_words(scope, site_id):
    st.caption(f":material/shield: {WORDS_WITHHELD}")
submit.section(scope, found)
