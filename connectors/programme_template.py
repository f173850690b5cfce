"""The table in which a programme's work plan is recorded: one row for each priority, solution or milestone."""

from connectors.template import Column, Template
from data.schema import WORK_ITEMS

KINDS = WORK_ITEMS.field("kind").allowed
OPTIONAL = "optional"
EVERY = "every row"

TEMPLATE = Template(
    title="Work plan of the pilots",
    sheet="Work plan",
    columns=(
        Column("item_id", "Your name for the item", EVERY, "valley-m3"),
        Column("site_id", "WDPA site id of the pilot", EVERY, "555512345"),
        Column("site_name", "Name of the pilot, for a source whose map gives the site", OPTIONAL, "Example valley"),
        Column("kind", "What it is", EVERY, "milestone", allowed=KINDS),
        Column("title", "What is to be done", EVERY, "Relay towers stand on both ridges"),
        Column("technology", "Technology that it is about", OPTIONAL, "early warning"),
        Column("criterion", "Green List criterion that it serves", OPTIONAL, "3.4"),
        Column("solution_id", "item_id of the solution that a milestone belongs to", OPTIONAL, "valley-s1"),
        Column("starts_on", "First day planned", OPTIONAL, "2026-01-15", "day"),
        Column("due_on", "Day on which it is due", "every milestone", "2026-06-30", "day"),
        Column("done_on", "Day on which it was done; empty while it is open", OPTIONAL, "2026-06-12", "day"),
        Column("owner", "Organisation that answers for it; no person", OPTIONAL, "Example park authority"),
        Column("note", "What else is to be said", OPTIONAL, "Waits for the permit"),
    ),
    rules=(
        "Write one row for each item: a priority of the site, a solution that it tries, or a milestone of a solution.",
        "A milestone names the solution that it belongs to in solution_id.",
        "An item is done when done_on says so; it is late when due_on has passed without it.",
        "Write days as 2026-03-01, or as real dates of Excel.",
        "Columns of your own may follow; they are not stored. Name no persons.",
    ),
)
