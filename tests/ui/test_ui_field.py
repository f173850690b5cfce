"""What the Overview says about the field systems of all sites."""

import pandas as pd

from ui.field import lines

FLAGS = ("has_cameras", "has_collars", "has_alerts", "has_reefs", "has_outplants")
NOTHING = {**dict.fromkeys(FLAGS, False), "animals_few": False}


def monitored(*sites: dict) -> pd.DataFrame:
    counts = dict.fromkeys(("cameras", "animals", "alerts", "reef_surveys", "corals_planted"), pd.NA)
    frame = pd.DataFrame([{**counts, **NOTHING, **site} for site in sites])
    return frame.astype(dict.fromkeys(counts, "Int64"))


def test_each_kind_of_system_has_a_line_with_its_sites():
    told = lines(
        monitored(
            {"has_cameras": True, "cameras": 20},
            {"has_cameras": True, "cameras": 4, "has_collars": True, "animals": 7},
            {"has_alerts": True, "alerts": 1},
            {"has_reefs": True, "reef_surveys": 12},
            {"has_reefs": True, "reef_surveys": 30, "has_outplants": True, "corals_planted": 25_000},
        )
    )
    assert [(line.page, line.label, line.note) for line in told] == [
        ("wildlife", "24 camera places", "at 2 sites"),
        ("movement", "7 animals followed", "at 1 site"),
        ("early_warning", "1 warning in 12 months", "at 1 site"),
        ("reefs", "42 reef surveys", "at 2 sites"),
        ("reefs", "25,000 corals planted", "at 1 site"),
    ]


def test_few_animals_are_no_number():
    told = lines(monitored({"has_collars": True, "animals_few": True}))
    assert [(line.label, line.note) for line in told] == [
        ("Tagged animals", "at 1 site · fewer than 5 at 1 of them"),
    ]


def test_a_network_without_field_systems_has_no_line():
    assert lines(monitored(NOTHING)) == []
