"""Compare: one site beside fair peers, figure by figure and criterion by criterion, without ranks by chance."""

import functools

import streamlit as st

from metrics import peers, readiness
from ui import (
    cached,
    cached_compare,
    cached_field,
    charts_compare,
    client,
    compare,
    compare_criteria,
    compare_figures,
    compare_words,
    layout,
    navigation,
    notices,
    results,
    tables_compare,
    url,
)
from ui import green_list_words as words
from ui.scope import current
from ui.text import count, number, plain

ALWAYS_SAME = ("realm", "type", "region")
USUAL_SIZE = "4"
MOST_PEERS_NAMED = 6

scope = current()
mode = client.mode()


@st.dialog("Share this page", icon=":material/share:")
def share() -> None:
    st.write("Anyone with this link sees the same site and rules, as far as they may see the figures.")
    st.code(url.shared(), language=None, wrap_lines=True)


def choose_site() -> str:
    names = cached.site_names(scope, st.session_state.get("find", ""), st.query_params.get("site", ""))
    asked, start = st.query_params.get("site"), network.start_site
    if asked is not None and asked not in names:
        notices.unknown_site(asked)
        st.query_params.pop("site")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if network.sites > cached.MOST_NAMES:
            st.text_input(
                "Find", type="search", max_chars=80, key="find", placeholder="Name, country or code", width=200
            )
        site_id = url.one(
            st.selectbox,
            "My site",
            list(names),
            key="site",
            default=start if start in names else next(iter(names)),
            format_func=lambda code: names.get(code, code),
            width=420,
        )
        navigation.site_link(site_id, "Site profile", ":material/landscape:")
    return site_id


def choose_rules() -> tuple[peers.Rules, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        same = url.many(
            st.pills,
            "Peers have the same",
            list(compare_words.SAME_WORDS),
            key="same",
            default=ALWAYS_SAME,
            selection_mode="multi",
            format_func=compare_words.SAME_WORDS.get,
            wrap=True,
            width="content",
            help=results.how(peers.find_peers),
        )
        size = url.one(
            st.segmented_control,
            "Area at most larger or smaller",
            list(compare_words.SIZE_WORDS),
            key="size",
            default=USUAL_SIZE,
            format_func=compare_words.SIZE_WORDS.get,
        )
        role = url.one(
            st.segmented_control,
            "Criteria rated by",
            list(words.ROLES),
            key="rated_by",
            default="self",
            format_func=words.ROLE_WORDS.get,
            help="The ratings of different roles are never mixed.",
        )
    return compare_words.rules_of(same, size), role


def who_the_peers_are(found: compare.Comparison) -> None:
    st.markdown(compare_words.peers_sentence(found))
    told = [compare_words.without_sentence(found.peers), compare_words.unjudged_sentence(found.peers)]
    st.caption(" ".join(one for one in told if one))
    if found.peers.unknown:
        st.warning(compare_words.unknown_sentence(found.peers), icon=":material/help:")
    if not found.listed.empty:
        layout.table_twin("See the peers", "peers_table", lambda: tables_compare.peers(found))


def key_figures(found: compare.Comparison, rated: compare_criteria.Criteria) -> None:
    own, standing = found.own("criteria"), found.standings["criteria"]
    with layout.figures():
        others = number(network.sites - 1)
        note = f"Of {others} other sites; {peers.FEWEST_PEERS} are needed"
        results.figure("Peers", number(len(found.peers.site_ids)), note, peers.find_peers)
        note = f"This site and {peers.FEWEST_PEERS} peers or more measure them"
        results.figure(
            "Figures to compare", f"{len(found.compared)} of {len(compare_figures.FIGURES)}", note, peers.standing
        )
        if own is None:
            results.figure("Criteria met", results.DASH, "Not rated by this role", readiness.criterion_states)
        else:
            told = "Not enough data of peers"
            if standing.is_enough:
                told = f"Half of {number(standing.measuring)} peers meet {standing.median:g} or more"
            results.figure("Criteria met", f"{own['value']:.0f} of 17", told, readiness.criterion_states)
        missed = count(len(rated.missed), "criterion", "criteria")
        note = f"Of {missed} that this site does not meet" if rated.missed else "No criterion is known not to be met"
        shown = number(rated.to_learn) if rated.is_rated else results.DASH
        results.figure("Met by a peer", shown, note, readiness.criterion_states)


def group_card(found: compare.Comparison, group: str, figures: tuple[compare_figures.Figure, ...]) -> None:
    title, note = compare_figures.GROUPS[group]
    drawn = tuple(figure for figure in figures if figure.name in found.drawn)
    with layout.card(title, group_note(found, group, note)):
        draw = functools.partial(charts_compare.strips, found, drawn, mode)
        chart = cached_field.drawn(scope, ("compare", group, mode, site_id, rules, role), draw)
        layout.plot(chart, charts_compare.alt(found, drawn), f"strips_{group}")
        for figure in figures:
            head, told = compare_words.line(found, figure)
            st.markdown(f"{head}  \n:small[:gray[{told}]]", help=results.how(figure.metric))
        layout.table_twin("The same as a table", f"table_{group}", lambda: tables_compare.values(found, figures))


def too_few_card(found: compare.Comparison, figures: list[compare_figures.Figure]) -> None:
    note = f"Fewer than {peers.FEWEST_PEERS} peers measure these, so there is nothing to compare this site with"
    with layout.card("Not enough data", note):
        tables_compare.too_few(found, figures)


def group_note(found: compare.Comparison, group: str, note: str) -> str:
    if group == "green_list":
        rated_by = f"Rated by: {words.ROLE_WORDS[role].lower()}, each by the indicators of its country"
        return f"{rated_by}; time in phase beside peers in the same phase"
    if group == "cameras" and found.stations:
        return f"{note}; taxa at {found.stations} stations each, drawn at random from all that worked"
    return note


def figures_section(found: compare.Comparison) -> None:
    st.header("Figures", anchor=False)
    if not found.peers.is_enough:
        needed = f"{count(len(found.peers.site_ids), 'peer')}, and {peers.FEWEST_PEERS} are needed to compare figures."
        notices.empty("group_off", "Not enough peers", f"{needed} {compare_words.relax_sentence(found.peers)}")
        return
    st.caption(compare_words.NO_CAUSE, help=results.how(peers.rank_range))
    if not cached_compare.counts_every_species(scope):
        st.caption(f":material/shield: {compare_words.OPEN_ONLY}")
    st.markdown(charts_compare.legend(mode))
    together = []
    for group in compare_figures.GROUPS:
        figures = found.of_group(group)
        if any(figure.name in found.drawn for figure in figures):
            group_card(found, group, figures)
        else:
            together += figures
    if together:
        too_few_card(found, together)
    if found.silent:
        told = ", ".join(compare_figures.GROUPS[group][0].lower() for group in found.silent)
        st.caption(f"Neither this site nor a peer has anything that you may see of: {told}.")
    layout.download_csv(
        "Download these figures",
        lambda: tables_compare.figures_csv(found, scope.is_demo),
        "comparison.csv",
        "The figures of this site and its peers with their intervals, as CSV.",
    )


def criterion_part(one: compare_criteria.Criterion) -> None:
    met = len(one.met_by)
    label = f"**{one.number} {plain(one.title)}** · met by {number(met)} of {count(in_all, 'peer')}"
    if len(one.work):
        label += f" · {count(len(one.work), 'work item')}"
    layout.table_twin(label, f"criterion_{one.number}", lambda: criterion_facts(one))


def criterion_facts(one: compare_criteria.Criterion) -> None:
    st.caption(
        f"Of the other peers, {number(one.not_met)} do not meet it and of {number(one.unknown)} it is not known."
    )
    if one.met_by.empty:
        st.caption("No peer meets it as this role rates them. Wider rules may find one that does.")
    else:
        tables_compare.met_by(one)
        if one.work.empty:
            st.caption("These peers have no work item for it that is done or under way and that you may see.")
        else:
            tables_compare.work(one)
            st.caption("Work that was done does not mean that it is why the criterion is met.")
    with st.container(horizontal=True):
        link = {"site": site_id, "criterion": one.number}
        st.page_link(
            navigation.page("assess"), label="This site's assessment", icon=":material/fact_check:", query_params=link
        )
        link = {"criterion": one.number}
        st.page_link(
            navigation.page("work_plan"), label="Work plan", icon=":material/event_available:", query_params=link
        )


def criteria_section(rated: compare_criteria.Criteria) -> None:
    st.header("Criteria that this site does not meet", anchor=False)
    st.caption(
        f"Rated by: {words.ROLE_WORDS[role].lower()}. Which peers meet each, what they did for it, and how to ask them."
    )
    if not rated.is_rated:
        notices.empty(
            "fact_check", "No rating by this role", "Choose another role, or rate the site on the page Assess."
        )
    elif not rated.missed:
        st.caption("This role finds no criterion that is not met.")
    for one in rated.missed:
        criterion_part(one)
    if rated.is_rated and rated.unknown:
        st.caption(
            f"Not known, which is not the same as not met: {', '.join(rated.unknown)}.",
            help=results.how(readiness.criterion_states),
        )
    navigation.field_link("assess", site_id, "All criteria of this site")


network = cached.summary(scope)
if not network.sites:
    layout.header("Compare", "No site is known yet")
    notices.no_sites()
    st.stop()
header = st.container()
site_id = choose_site()
rules, role = choose_rules()
found = cached_compare.comparison(scope, site_id, rules, role)
rated = cached_compare.criteria(scope, site_id, rules, role)
in_all = len(found.peers.site_ids)
with header:
    actions = layout.header(f"{plain(found.site['site_name'])} beside its peers", "Fair peers by rules that you choose")
    if actions.button("Share", icon=":material/share:"):
        share()
who_the_peers_are(found)
key_figures(found, rated)
figures_section(found)
criteria_section(rated)
