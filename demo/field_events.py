"""What an EarthRanger server of the demo holds as events: warnings, what analyzers found, conflicts and reports."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from demo.cameras import EPOCH_S
from demo.chance import uniform
from demo.communities import COMMUNITIES, Community
from demo.effort import DAY_S, FIRST_DAY
from demo.herds import Animal, herd
from demo.incidents import CONFLICTS, incidents
from demo.observations import Record, id_of, subject_id, utc
from demo.tracks import crossings_out
from demo.warnings import as_of, warnings, with_answers

SENSOR_TYPE = "elephant_detected"
SENSOR_CATEGORY, ANALYZER_CATEGORY = "early_warning", "analyzer_event"
CONFLICT_CATEGORY, REPORT_CATEGORY = "human_wildlife_conflict", "monitoring"
ANALYZER_TYPES = ("geofence_break", "immobility", "immobility_all_clear")
REPORT_TYPE = "snare_found"
REPORTS_PER_DAY = 0.04
STILL_PER_DAY = 0.006
STILL_BEFORE_WARNING_H = 5
# Keys of the details that say how people answered.
ACKNOWLEDGED, ARRIVED, AT_FIELDS, OUTCOME = "seen_at", "team_arrived_at", "animals_at_fields_at", "verified_as"
SPECIES, VILLAGE, LOSS, LOSS_UNIT = "species", "village", "loss", "loss_unit"


def event_types(version: str) -> list[Record]:
    """The types of one version: an object as category in version 1, its bare name in version 2."""
    if version == "v2":
        return [{"value": SENSOR_TYPE, "display": "Elephant detected", "category": SENSOR_CATEGORY}]
    listed = [(name, name.replace("_", " ").capitalize(), ANALYZER_CATEGORY) for name in ANALYZER_TYPES]
    listed += [(conflict.event_type, conflict.display, CONFLICT_CATEGORY) for conflict in CONFLICTS]
    listed.append((REPORT_TYPE, "Snare found", REPORT_CATEGORY))
    return [
        {"id": id_of("type", name), "value": name, "display": display}
        | {"category": {"value": category, "display": category.replace("_", " ").capitalize()}}
        for name, display, category in listed
    ]


@lru_cache(maxsize=len(COMMUNITIES))
def events(community: Community, today: date) -> list[Record]:
    """All events that the server has on the morning of `today`, by the time of their last change."""
    found = [*_sightings(community, today), *_conflicts(community, today), *_reports(community, today)]
    for animal in herd(community.source):
        found += _breaks(community, animal, today)
        found += _stills(animal, today)
        found += [_lost(animal, today)] if animal.lost_days else []
    if community.has_bad_rows:
        found.append(found[0] | {"id": id_of(community.source, "without time"), "time": None})
    return sorted(found, key=lambda event: (event["updated_at"], event["id"]))


def _event(kind: str, category: str, provenance: str, name: str, sent_s: float, **more: Any) -> Record:
    sent_at = _utc(sent_s)
    return {
        "id": name,
        "event_type": kind,
        "event_category": category,
        "provenance": provenance,
        "title": None,
        "priority": 0,
        "state": "active",
        "end_time": None,
        "created_at": sent_at,
        "updated_at": sent_at,
        "geometry": None,
        "is_collection": False,
        "contains": [],
        "related_subjects": [],
        "updates": [],
        "event_details": {},
    } | more


def _sightings(community: Community, today: date) -> Iterator[Record]:
    """What the sensors at the villages detected."""
    longitude, latitude = community.village_places()
    found = warnings(community, today)
    keys = (community.number, found["day"].to_numpy(), found["nth"].to_numpy())
    masts = (1 + 3 * uniform("mast", *keys)).astype(int)
    for row, mast in zip(found.to_dict("records"), masts.tolist(), strict=True):
        village = row["village"]
        place = {"longitude": longitude[village] + 0.003 * mast, "latitude": latitude[village] - 0.002 * mast}
        yield _event(
            SENSOR_TYPE,
            SENSOR_CATEGORY,
            "sensor",
            id_of(community.source, "sighting", row["day"], row["nth"]),
            row["sent_s"],
            location={name: round(float(degrees), 5) for name, degrees in place.items()},
            **_answers(community, row, {"spatial_feature_name": community.villages[village], "mast": mast}),
        )


def _breaks(community: Community, animal: Animal, today: date) -> Iterator[Record]:
    """Each crossing of the boundary of the site outwards, which the server learns with the next position."""
    found = crossings_out(animal, today)
    keys = (1000 + animal.number, found["next_s"].to_numpy())
    until_sent_s = found["next_s"].to_numpy() - found["crossed_s"].to_numpy() + 20 + 60 * uniform("upload", *keys)
    drawn = pd.DataFrame({"detected_s": found["crossed_s"], "priority": 200, "place": found.index})
    fence = f"Boundary towards {community.villages[animal.number % len(community.villages)]}"
    for row in as_of(with_answers(drawn, keys, community.utc_offset_h, until_sent_s), today).to_dict("records"):
        at = found.loc[row["place"]]
        details = {"name": animal.name, "geofence_name": fence, "contain_regions": "Unknown region"}
        yield _event(
            "geofence_break",
            ANALYZER_CATEGORY,
            "analyzer",
            id_of("break", animal.number, int(at["next_s"])),
            row["sent_s"],
            title=f"{animal.name} crossed {fence}.",
            location={name: round(float(at[name]), 6) for name in ("longitude", "latitude")},
            related_subjects=[{"id": subject_id(animal)}],
            **_answers(community, row, details),
        )


def _answers(community: Community, row: Record, details: Record) -> Record:
    """The fields of an event that tell how people answered it and how it ended: by itself where nobody read it."""
    steps = {ACKNOWLEDGED: "acknowledged_s", ARRIVED: "arrived_s", AT_FIELDS: "animal_arrived_s"}
    taken = {key: row[step] for key, step in steps.items() if pd.notna(row[step])}
    is_closed, is_read = pd.notna(row["closed_s"]), ACKNOWLEDGED in taken
    changes = [("read", taken[ACKNOWLEDGED])] if is_read else []
    changes += [("resolved", row["closed_s"])] if is_read and is_closed else []
    known_s = [row["sent_s"], *taken.values(), *([row["closed_s"]] if is_closed else [])]
    return {
        "time": _local(community, row["detected_s"]),
        "end_time": _local(community, row["closed_s"]) if is_closed and not is_read else None,
        "priority": row["priority"],
        "state": "resolved" if is_closed else "active" if is_read else "new",
        "updated_at": _utc(max(known_s)),
        "updates": [{"type": kind, "time": _utc(at_s), "message": kind.capitalize()} for kind, at_s in changes],
        "event_details": details
        | {key: _local(community, at_s) for key, at_s in taken.items()}
        | ({OUTCOME: row["outcome"]} if row["outcome"] else {}),
    }


def _stills(animal: Animal, today: date) -> Iterator[Record]:
    """Now and then an animal rests for so long that an analyzer warns, and takes it back when it walks on."""
    first, last = ((day - FIRST_DAY).days for day in (animal.fitted_on, today - timedelta(days=1)))
    days = np.arange(first, last - animal.silent_days - animal.lost_days)
    for day in days[uniform("still", animal.number, days) < STILL_PER_DAY].tolist():
        warned_s = day * DAY_S + 3600 * 10 * float(uniform("still hour", animal.number, day))
        cleared_s = warned_s + 3600 * (2 + 6 * float(uniform("still for", animal.number, day)))
        yield _still(animal, f"{day}", warned_s)
        yield _still(animal, f"{day} all clear", cleared_s, "immobility_all_clear", priority=0)


def _lost(animal: Animal, today: date) -> Record:
    """The warning of a collar that lies where the animal lost it: one and the same, renewed each morning."""
    lost_s = (today - FIRST_DAY).days * DAY_S - animal.lost_days * DAY_S
    return _still(animal, "lost", lost_s + 3600 * STILL_BEFORE_WARNING_H, priority=300)


def _still(animal: Animal, name: str, warned_s: float, kind: str = "immobility", priority: int = 200) -> Record:
    return _event(
        kind,
        ANALYZER_CATEGORY,
        "analyzer",
        id_of("still", animal.number, name),
        warned_s + 75,
        time=_utc(warned_s),
        state="new",
        priority=priority,
        location=None,
        related_subjects=[{"id": subject_id(animal)}],
        event_details={"name": animal.name, "probability_value": 0.93, "cluster_radius": 13, "cluster_fix_count": 6},
    )


def _conflicts(community: Community, today: date) -> Iterator[Record]:
    """The conflicts, each at the middle of its village and nowhere nearer to a house."""
    longitude, latitude = (degrees.round(2).tolist() for degrees in community.village_places())
    for row in incidents(community, today).to_dict("records"):
        conflict, village = CONFLICTS[row["conflict"]], row["village"]
        unit = community.currency if conflict.loss_unit == "currency" else conflict.loss_unit
        loss = {LOSS: row["loss"], LOSS_UNIT: unit} if pd.notna(row["loss"]) else {}
        yield _event(
            conflict.event_type,
            CONFLICT_CATEGORY,
            "staff",
            id_of(community.source, "conflict", row["day"], row["nth"]),
            row["reported_s"],
            time=_local(community, row["happened_s"]),
            location={"longitude": longitude[village], "latitude": latitude[village]},
            event_details={VILLAGE: community.villages[village], SPECIES: row["species"], **loss},
        )


def _reports(community: Community, today: date) -> Iterator[Record]:
    """Reports of patrols, which neither warn nor tell of a conflict."""
    days = np.arange(*((day - FIRST_DAY).days for day in (community.warned_since, today)))
    for day in days[uniform("report", community.number, days) < REPORTS_PER_DAY].tolist():
        at_s = day * DAY_S + 21_600
        name = id_of(community.source, "report", day)
        yield _event(REPORT_TYPE, REPORT_CATEGORY, "staff", name, at_s + 900, time=_utc(at_s), location=None)


def _utc(seconds: float) -> str:
    return str(utc(np.array(seconds)))


def _local(community: Community, seconds: float) -> str:
    """As the clock of the community shows it, with its offset."""
    zone = timezone(timedelta(hours=community.utc_offset_h))
    return datetime.fromtimestamp(EPOCH_S + int(seconds), zone).isoformat()
