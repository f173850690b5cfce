"""Work plan: what the pilots planned, what is due, late and done, and which criteria of the Green List it serves."""

import functools
from datetime import date

import streamlit as st

from metrics import work_plan as metric
from ui import (
    cached,
    cached_field,
    cached_plan,
    charts_work_plan,
    client,
    layout,
    navigation,
    notices,
    results,
    tables_work_plan,
    url,
    work_plan,
)
from ui.scope import current
from ui.text import count, day, joined, month, number, plain

MOST_LISTED = 12
NOT_MET_BY_WORK = "Work that is done does not mean that the criterion is met: only a rating says so."
NOTES_WITHHELD = "Notes are for those who work with the site, so you do not see them."

scope = current()
mode = client.mode()
whole = cached_plan.plan(scope)
names = work_plan.names_of(whole.items)
criteria = list(whole.by_criterion["criterion"])


def until() -> date:
    """The last day of the quarter within which items are due soon."""
    return scope.today + work_plan.QUARTER


def key_figures() -> None:
    states, items = whole.states, len(whole.items)
    with layout.figures():
        note = joined([f"{states['done'] / items:.0%}".replace("%", " %"), work_plan.kinds_sentence(whole.items)])
        results.figure("Done", f"{number(states['done'])} of {number(items)}", note, metric.item_states)
        longest = whole.by_site["latest_days"].max() if states["late"] else None
        note = f"The longest by {count(int(longest), 'day')}" if states["late"] else "Nothing is late"
        late = f"{note} · of {count(items - states['done'], 'open item')}"
        results.figure("Late", number(states["late"]), late, metric.plan_by_site)
        coming = whole.items.loc[whole.items["state"].eq("due"), "due_on"].min() if states["due"] else None
        note = f"Next {day(coming)}" if states["due"] else f"By {day(until())}"
        undated = f"{number(states['undated'])} more without a day" if states["undated"] else ""
        results.figure("Due within a quarter", number(states["due"]), joined([note, undated]), metric.item_states)
        served = len(whole.served)
        without = int(whole.items["criterion"].isna().sum())
        note = f"{count(without, 'item')} {'names' if without == 1 else 'name'} none" if without else "By every item"
        in_all = served + len(whole.not_served)
        results.figure("Criteria served", f"{served} of {in_all}", note, metric.plan_by_criterion)


def filters() -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """The chosen pilot, criterion, states and kinds; the pills of the states are the legend of the charts too."""
    answer_link()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        site_id = choose("Pilot site", "site", "All pilots", names)
        titles = {one: f"{one} {work_plan.criterion_title(one)}" for one in criteria}
        criterion = choose("Criterion", "criterion", "All criteria", titles)
        counts = whole.states
        told = {state: f"{work_plan.chip(state)} {counts[state]:,}" for state in work_plan.ORDER}
        states = pills("State", "state", told)
        kinds = pills("Kind", "kind", work_plan.KIND_WORDS)
    return site_id, criterion, states, kinds


def choose(label: str, key: str, every: str, options: dict[str, str]) -> str:
    shown = {work_plan.EVERY: every} | options
    return url.one(
        st.selectbox,
        label,
        list(shown),
        key=key,
        default=work_plan.EVERY,
        format_func=lambda one: shown.get(one, one),
        width=300,
    )


def pills(label: str, key: str, options: dict[str, str]) -> tuple[str, ...]:
    chosen = url.many(
        st.pills,
        label,
        list(options),
        key=key,
        default=tuple(options),
        selection_mode="multi",
        format_func=options.get,
        wrap=True,
        width="content",
    )
    return tuple(chosen)


def answer_link() -> None:
    """A link to a site of the network without a work plan is told so; other unknown values are named by the filter."""
    asked = st.query_params.get("site")
    known = cached.site(scope, asked) if asked and asked not in names else None
    if known:
        st.info(f"{plain(known['site_name'])} has no work plan that you may see. You see all pilots.")
        st.query_params.pop("site")


def pressing_card(found: work_plan.Plan) -> None:
    with layout.card("Late and due", f"Late, or due by {day(until())}; the most pressing first"):
        if found.pressing.empty:
            st.caption("Nothing that you chose is late or due within a quarter.")
            return
        tables_work_plan.pressing(found)


def pilots_card(found: work_plan.Plan, choice: tuple) -> None:
    pilots = len(found.by_site)
    note = f"{count(pilots, 'pilot')}, those with the most late items first; due soon: by {day(until())}"
    with layout.card("By pilot", note):
        main, side = layout.columns(3, 2)
        with main:
            draw = functools.partial(charts_work_plan.by_site, found, mode)
            chart = cached_field.drawn(scope, ("plan_by_site", mode, *choice), draw)
            layout.plot(chart, "Stacked bars: items of each pilot by state", "plan_by_site")
        with side:
            for row in found.by_site.head(MOST_LISTED).itertuples():
                with st.container(gap=None):
                    navigation.site_link(row.site_id, plain(row.site_name), ":material/landscape:")
                    st.caption(work_plan.site_note(row))
            if pilots > MOST_LISTED:
                st.caption(f"and {pilots - MOST_LISTED:,} more in the table")
        layout.table_twin("Pilots as a table", "pilots_table", lambda: tables_work_plan.by_site(found))


def criteria_card(found: work_plan.Plan) -> None:
    with layout.card("By criterion", "Items that serve each criterion of the Green List Standard"):
        if found.by_criterion.empty:
            st.caption("No item that you chose names a criterion.")
        else:
            tables_work_plan.by_criterion(found)
        st.markdown(f":material/info: {NOT_MET_BY_WORK}", help=results.how(metric.plan_by_criterion))
        st.page_link(navigation.page("readiness"), label="Criteria as they are rated", icon=":material/checklist:")
        if whole.not_served:
            st.caption(f"No item of the whole plan serves {', '.join(whole.not_served)}.")


def ahead_card(found: work_plan.Plan, choice: tuple) -> None:
    months = work_plan.months_ahead(scope.today)
    note = f"Open milestones due per month, {month(months[0])} to {month(months[-1])}; late ones are not among them"
    with layout.card("Milestones ahead", note):
        if found.ahead.empty:
            st.caption("No open milestone that you chose is due in these months.")
            return
        draw = functools.partial(charts_work_plan.ahead, found, mode)
        chart = cached_field.drawn(scope, ("plan_ahead", mode, *choice), draw)
        layout.plot(chart, "Squares: number of open milestones of each pilot by month", "plan_ahead")
        layout.table_twin("Months as a table", "ahead_table", lambda: tables_work_plan.ahead(found))


def solutions_card(found: work_plan.Plan) -> None:
    note = "Of the chosen pilot and criterion, each with all its milestones; open one to see them"
    with layout.card("Solutions", note):
        if found.solutions.empty:
            st.caption("No solution is planned for this pilot and criterion.")
        for row in found.solutions.head(MOST_LISTED).itertuples():
            label = f"**{plain(row.title)}** · {plain(row.site_name)} · {work_plan.solution_note(row)}"
            layout.table_twin(label, f"solution {row.key}", lambda row=row: solution_facts(row))
        if len(found.solutions) > MOST_LISTED:
            more = len(found.solutions) - MOST_LISTED
            st.caption(f"and {more:,} less pressing ones. Choose a pilot or a criterion to see them.")


def solution_facts(row) -> None:
    told = {"Technology": row.technology, "Owner": row.owner, "Criterion": row.criterion}
    st.markdown(joined([f"{label}: {plain(value)}" for label, value in told.items() if isinstance(value, str)]))
    milestones = whole.milestones_of(row.key)
    if milestones.empty:
        st.caption("No milestone is planned for it.")
    else:
        tables_work_plan.milestones(milestones, row.title)


def done_card(found: work_plan.Plan) -> None:
    with layout.card("Done in the last quarter", f"Since {day(whole.since)}, the newest first"):
        if found.done_lately.empty:
            st.caption("Nothing that you chose was done in the last quarter.")
            return
        tables_work_plan.done_lately(found)


def every_item(found: work_plan.Plan) -> None:
    st.header("Every item", anchor=False)
    tables_work_plan.every_item(found)
    layout.download_csv(
        "Download items",
        lambda: tables_work_plan.items_csv(found, scope.is_demo),
        "work-plan.csv",
        "The items that pass the filters, with their state today, as CSV.",
    )
    if not all(scope.viewer.sees_species_of(site_id) for site_id in found.by_site["site_id"]):
        st.caption(f":material/shield: {NOTES_WITHHELD}")


if whole.items.empty:
    layout.header("Work plan", "No work plan yet")
    notices.empty(
        "event_available", "No work plan yet", "Items appear here once a work plan that you may see has been pulled."
    )
    st.stop()
layout.header("Work plan", joined([count(len(names), "pilot"), count(len(whole.items), "item")]))
key_figures()
choice = filters()
found = cached_plan.narrowed(scope, *choice)
if found.items.empty:
    notices.empty("search_off", "No item matches these filters", "Choose another pilot, criterion, state or kind.")
else:
    if len(found.items) < len(whole.items):
        st.caption(f"{number(len(found.items))} of {count(len(whole.items), 'item')} pass the filters.")
    pressing_card(found)
    pilots_card(found, choice)
    criteria_card(found)
    ahead_card(found, choice)
    done_card(found)
solutions_card(found)
if not found.items.empty:
    every_item(found)
