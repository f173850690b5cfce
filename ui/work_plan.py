"""What the page Work plan says: items with their state, the most pressing first, and counts by pilot and criterion."""

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from data.standards import standard
from metrics.work_plan import DUE_DAYS, ITEM_STATES, item_states, plan_by_criterion, plan_by_site
from ui import theme
from ui.text import count, day, is_missing, joined, number

QUARTER = timedelta(days=DUE_DAYS)
MONTHS_AHEAD = 12
EVERY = "all"
# Late first, then what comes next; what is done needs nobody, and what has no day cannot be put in order.
ORDER = ("late", "due", "planned", "done", "undated")
STATE_WORDS = {
    "late": "Late",
    "due": "Due soon",
    "planned": "Planned",
    "done": "Done",
    "undated": "Undated",
}
STATE_GLYPHS = {"late": "✕", "due": "◐", "planned": "○", "done": "●", "undated": "–"}
STATE_CHIPS = {"late": "#B3382C", "due": "#9A5B00", "planned": "#2A78B5", "done": "#0B6B3A", "undated": "#5F6E69"}
KIND_WORDS = {"priority": "Priority", "solution": "Solution", "milestone": "Milestone"}


@dataclass(frozen=True)
class Plan:
    """Items of the work plan, the most pressing first, and what is said of them on a day.

    `by_site` has the pilots with the latest items first; `by_criterion` follows the order of the Standard, and what
    is no criterion of it comes last. `solutions` has a row per solution with how many of all its milestones are done,
    whatever their state, and `ahead` one per pilot and month in which open milestones are due.
    """

    today: date
    items: pd.DataFrame
    by_site: pd.DataFrame
    by_criterion: pd.DataFrame
    solutions: pd.DataFrame
    ahead: pd.DataFrame

    @property
    def states(self) -> dict[str, int]:
        """How many items are in each state."""
        return {name: int(self.items["state"].eq(name).sum()) for name in ITEM_STATES}

    @property
    def pressing(self) -> pd.DataFrame:
        """What is late or due within a quarter."""
        return self.items[self.items["state"].isin(["late", "due"])]

    @property
    def since(self) -> date:
        """The first day of the last quarter."""
        return self.today - QUARTER

    @property
    def done_lately(self) -> pd.DataFrame:
        """What was done in the last quarter, the newest first."""
        is_new = self.items["state"].eq("done") & self.items["done_on"].ge(pd.Timestamp(self.since))
        return self.items[is_new].sort_values("done_on", ascending=False, kind="stable")

    @property
    def served(self) -> list[str]:
        """Criteria of the Standard that an item serves."""
        return [one for one in standard().criteria if one in set(self.by_criterion["criterion"])]

    @property
    def not_served(self) -> list[str]:
        """Criteria of the Standard that no item serves."""
        return [one for one in standard().criteria if one not in self.served]

    def milestones_of(self, solution_key: str) -> pd.DataFrame:
        """The milestones of a solution in the order in which they are due."""
        own = self.items[self.items["solution_key"].eq(solution_key)]
        return own.sort_values("due_on", kind="stable", na_position="last")


def compose(work_items: pd.DataFrame, today: date) -> Plan:
    """The whole plan; takes what `queries.work_items` gives."""
    # Each source numbers its items itself, so a milestone may only find its solution in its own source.
    texts = work_items.astype(dict.fromkeys(("source", "item_id", "solution_id", "criterion"), "str"))
    parts = [item_states(own, today) for _, own in texts.groupby("source", sort=True)]
    items = pd.concat(parts) if parts else item_states(texts, today)
    items = items.assign(key=items["source"] + " " + items["item_id"])
    titles = items[items["kind"].eq("solution")].drop_duplicates("key").set_index("key")["title"]
    solution_key = (items["source"] + " " + items["solution_id"]).where(items["kind"].eq("milestone"))
    items = items.assign(
        solution_key=solution_key.where(solution_key.isin(titles.index)), solution=solution_key.map(titles)
    )
    items = _ordered(items)
    return _told(items, _solutions(items), today)


def narrowed(plan: Plan, site_id: str, criterion: str, states: tuple[str, ...], kinds: tuple[str, ...]) -> Plan:
    """The same plan with the items alone that pass the filters; `EVERY` passes all sites or all criteria.

    Solutions stay whatever their state, as they are shown with all their milestones.
    """
    items, solutions = (_at(rows, site_id, criterion) for rows in (plan.items, plan.solutions))
    items = items[items["state"].isin(states) & items["kind"].isin(kinds)]
    return _told(items.reset_index(drop=True), solutions.reset_index(drop=True), plan.today)


def chip(state: str) -> str:
    """A state as glyph and word."""
    return f"{STATE_GLYPHS[state]} {STATE_WORDS[state]}"


def criterion_title(criterion: str) -> str:
    """The published title of a criterion, or that the Standard has none of this number."""
    known = standard().criteria.get(criterion)
    return known.title if known else f"Not a criterion of the {standard().title} {standard().version}"


def lateness(days: object) -> str:
    """How late something was done or is, in words; nothing where no day was set or it is not known yet."""
    if is_missing(days):
        return ""
    if days == 0:
        return "on its day"
    return f"{count(abs(int(days)), 'day')} {'late' if days > 0 else 'early'}"


def kinds_sentence(items: pd.DataFrame) -> str:
    """How many items there are of each kind."""
    found = items["kind"].value_counts()
    many = {"priority": "priorities"}
    return ", ".join(count(int(found[kind]), kind, many.get(kind, "")) for kind in KIND_WORDS if kind in found)


def site_note(row) -> str:
    """What a pilot has done, what is late and what comes next, in one line; takes a row of `by_site`."""
    late = f"{number(row.late)} late, the longest by {count(int(row.latest_days), 'day')}" if row.late else ""
    coming = "" if is_missing(row.next_due_on) else f"next due {day(row.next_due_on)}"
    return joined([f"{number(row.done)} of {number(row.items)} done", late, coming])


def solution_note(row) -> str:
    """The state of a solution and how many of its milestones are done; takes a row of `solutions`."""
    done = f"{row.milestones_done} of {count(int(row.milestones), 'milestone')} done" if row.milestones else ""
    return joined([chip(row.state), done or "no milestone"])


def names_of(items: pd.DataFrame) -> dict[str, str]:
    """Site ids with the names of the pilots, in the order of their names."""
    pilots = items.drop_duplicates("site_id").sort_values(["site_name", "site_id"])
    return dict(zip(pilots["site_id"], pilots["site_name"], strict=True))


def months_ahead(today: date) -> list[date]:
    """The first days of this month and of those that follow it, a year in all."""
    return list(pd.date_range(today.replace(day=1), periods=MONTHS_AHEAD, freq="MS").date)


def colours(mode: str) -> dict[str, tuple[str, str]]:
    """Background and ink of each state, the most pressing first."""
    if mode == "light":
        return {state: (STATE_CHIPS[state], "#FFFFFF") for state in ORDER}
    palette = theme.PALETTES[mode]
    shades = (palette.states["down"], palette.states["late"], palette.phases["candidate"], palette.states["fresh"])
    return {state: (shade, palette.page) for state, shade in zip(ORDER, (*shades, palette.muted), strict=True)}


def _ordered(items: pd.DataFrame) -> pd.DataFrame:
    """The most pressing first: by state, the longest late, the next due, the last done."""
    days = (items["due_on"] - pd.Timestamp(0)).dt.days
    rank = items["state"].map({state: place for place, state in enumerate(ORDER)})
    within = days.where(items["state"].ne("done"), -(items["done_on"] - pd.Timestamp(0)).dt.days)
    ordered = items.assign(rank=rank, within=within)
    ordered = ordered.sort_values(["rank", "within", "site_name", "item_id"], kind="stable", ignore_index=True)
    return ordered.drop(columns=["rank", "within"])


def _at(rows: pd.DataFrame, site_id: str, criterion: str) -> pd.DataFrame:
    keep = pd.Series(True, rows.index)
    if site_id != EVERY:
        keep &= rows["site_id"].eq(site_id)
    if criterion != EVERY:
        keep &= rows["criterion"].eq(criterion)
    return rows[keep]


def _told(items: pd.DataFrame, solutions: pd.DataFrame, today: date) -> Plan:
    by_site = plan_by_site(items).assign(site_name=lambda rows: rows["site_id"].map(names_of(items)))
    by_site = by_site.sort_values(["late", "due", "site_name"], ascending=[False, False, True], ignore_index=True)
    by_criterion = plan_by_criterion(items)
    by_criterion = by_criterion.assign(
        title=[criterion_title(one) for one in by_criterion["criterion"]],
        is_known=by_criterion["criterion"].isin(list(standard().criteria)),
    ).sort_values(["is_known", "criterion"], ascending=[False, True], ignore_index=True)
    return Plan(today, items, by_site, by_criterion, solutions, _ahead(items, today))


def _solutions(items: pd.DataFrame) -> pd.DataFrame:
    own = items[items["kind"].eq("milestone")].groupby("solution_key")["state"]
    done, every = own.agg(lambda states: states.eq("done").sum()), own.size()
    found = items[items["kind"].eq("solution")]
    return found.assign(
        milestones=found["key"].map(every).fillna(0).astype("int64"),
        milestones_done=found["key"].map(done).fillna(0).astype("int64"),
    ).reset_index(drop=True)


def _ahead(items: pd.DataFrame, today: date) -> pd.DataFrame:
    open_ones = items[items["kind"].eq("milestone") & items["state"].isin(["due", "planned"])]
    month = open_ones["due_on"].dt.to_period("M").dt.to_timestamp().dt.date
    found = open_ones.assign(month=month)
    found = found[found["month"].isin(months_ahead(today))]
    return found.groupby(["site_id", "site_name", "month"], as_index=False).size().rename(columns={"size": "items"})
