"""The tables of one camera programme in Camtrap DP 1.0.2: deployments, media, observations."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd

from demo.chance import uniform
from demo.effort import FIRST_DAY, station_positions, stretches
from demo.events import Keys, draw_events, event_keys, subjects_of
from demo.fauna import Programme, Subject
from demo.sites import camera_site

DEPLOYMENT_HEADING = (
    "deploymentID,locationID,locationName,latitude,longitude,coordinateUncertainty,deploymentStart,deploymentEnd,"
    "setupBy,cameraID,cameraModel,cameraDelay,cameraHeight,cameraDepth,cameraTilt,cameraHeading,detectionDistance,"
    "timestampIssues,baitUse,featureType,habitat,deploymentGroups,deploymentTags,deploymentComments"
)
MEDIA_HEADING = (
    "mediaID,deploymentID,captureMethod,timestamp,filePath,filePublic,fileName,fileMediatype,exifData,favorite,"
    "mediaComments"
)
OBSERVATION_HEADING = (
    "observationID,deploymentID,mediaID,eventID,eventStart,eventEnd,observationLevel,observationType,cameraSetupType,"
    "scientificName,count,lifeStage,sex,behavior,individualID,individualPositionRadius,individualPositionAngle,"
    "individualSpeed,bboxX,bboxY,bboxWidth,bboxHeight,classificationMethod,classifiedBy,classificationTimestamp,"
    "classificationProbability,observationTags,observationComments"
)
FEATURES = np.array(["trailGame", "trailGame", "trailHiking", "roadDirt", "waterSource", ""])
LIFE_STAGES = np.array(["adult"] * 7 + ["subadult", "juvenile", ""])
SEXES = np.array(["female", "male", "", ""])
PEOPLE = np.array(["reviewer-1", "reviewer-2", "reviewer-3", ""])
MODELS = np.array(["Wildeye 3", "Wildeye 3", "Nightjar S"])
CLASSIFIER = "forest-classifier 2.1"
WRONG_CLOCK_SHARE = 0.015
RECOGNISED_SHARE = 0.6
EPOCH_S = int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp())


def camera_tables(programme: Programme, today: date) -> dict[str, pd.DataFrame]:
    """The tables `deployments`, `media` and `observations` as they stand on the morning of `today`."""
    effort = stretches(programme, today)
    deployment_ids = _deployment_ids(programme, effort)
    events = draw_events(programme, effort)
    events["deploymentID"] = deployment_ids[events["stretch"].to_numpy()]
    observations = _observations(programme, events)
    media = _media(programme, observations)
    if programme.level == "media":
        observations, media = _per_medium(observations, media)
    return {
        "deployments": _deployments(programme, effort, deployment_ids),
        "media": media,
        "observations": observations,
    }


def _deployment_ids(programme: Programme, effort: pd.DataFrame) -> np.ndarray:
    rows = zip(effort["station"], effort["service"], effort["part"], strict=True)
    return np.array([f"{programme.code}-{station + 1:02}-{service:03}{'ab'[part]}" for station, service, part in rows])


def _deployments(programme: Programme, effort: pd.DataFrame, deployment_ids: np.ndarray) -> pd.DataFrame:
    longitude, latitude = station_positions(programme)
    station, service = effort["station"].to_numpy(), effort["service"].to_numpy()
    keys = (camera_site(programme.iso3).number, station)
    is_second = effort["part"].to_numpy() == 1
    columns = {
        "deploymentID": deployment_ids,
        "locationID": [f"{programme.code}-{each + 1:02}" for each in station],
        "locationName": [f"Station {each + 1}" for each in station],
        "latitude": latitude.round(programme.decimals)[station],
        "longitude": longitude.round(programme.decimals)[station],
        "coordinateUncertainty": "" if programme.uncertainty_m is None else programme.uncertainty_m,
        "deploymentStart": local_times(effort["start_s"], programme.time_zone),
        "deploymentEnd": local_times(effort["end_s"], programme.time_zone),
        "cameraID": [f"{programme.code}-CAM{each + 1:02}" for each in station],
        "cameraModel": _options(MODELS, uniform("model", *keys)),
        "cameraDelay": 0,
        "cameraHeight": (0.4 + 0.5 * uniform("height", *keys)).round(2),
        "cameraTilt": -5,
        "cameraHeading": (360 * uniform("heading", *keys)).astype(int),
        "detectionDistance": (6 + 9 * uniform("distance", *keys)).round(1),
        "timestampIssues": np.where(uniform("clock", *keys, service) < WRONG_CLOCK_SHARE, "true", "false"),
        "baitUse": "false",
        "featureType": _options(FEATURES, uniform("feature", *keys)),
        "habitat": _options(np.array(programme.habitats), uniform("habitat", *keys)),
        "deploymentComments": np.where(is_second, "battery replaced, camera restarted", ""),
    }
    return _complete(columns, DEPLOYMENT_HEADING, len(effort))


def _observations(programme: Programme, events: pd.DataFrame) -> pd.DataFrame:
    subjects = subjects_of(programme)
    keys = event_keys(programme, events)
    subject = events["subject"].to_numpy()
    kind = np.array([each.observation_type for each in subjects])[subject]
    is_animal = kind == "animal"
    is_named = np.isin(kind, ["animal", "human"])
    by_machine = (uniform("machine", *keys) < programme.machine_share) & (kind != "unclassified")
    by_human = ~by_machine & (kind != "unclassified")
    probability = (0.52 + 0.47 * np.sqrt(uniform("probability", *keys))).round(2).astype(str)
    event_ids = _event_ids(programme, events)
    columns = {
        "observationID": event_ids,
        "deploymentID": events["deploymentID"],
        "eventID": event_ids,
        "eventStart": local_times(events["start_s"], programme.time_zone),
        "eventEnd": local_times(events["end_s"], programme.time_zone),
        "observationLevel": "event",
        "observationType": kind,
        "scientificName": np.array([each.scientific_name for each in subjects])[subject],
        "count": np.where(is_named & (uniform("counted", *keys) < 0.95), _group_sizes(subjects, subject, keys), ""),
        "lifeStage": np.where(is_animal & by_human, _options(LIFE_STAGES, uniform("life stage", *keys)), ""),
        "sex": np.where(is_animal & by_human, _options(SEXES, uniform("sex", *keys)), ""),
        "individualID": _individual_ids(programme, events, keys),
        "classificationMethod": np.select([by_machine, by_human], ["machine", "human"], ""),
        "classifiedBy": np.select([by_machine, by_human], [CLASSIFIER, _options(PEOPLE, uniform("who", *keys))], ""),
        "classificationProbability": np.where(by_machine, probability, ""),
    }
    return _complete(columns, OBSERVATION_HEADING, len(events))


def _event_ids(programme: Programme, events: pd.DataFrame) -> list[str]:
    days = (np.datetime64(FIRST_DAY) + events["day"].to_numpy()).astype(str)
    rows = zip(days, events["station"], events["subject"], events["nth"], strict=True)
    return [
        f"{programme.code}-{day.replace('-', '')}-{station + 1:02}-{subject:02}{'abcd'[nth]}"
        for day, station, subject, nth in rows
    ]


def _group_sizes(subjects: tuple[Subject, ...], subject: np.ndarray, keys: Keys) -> np.ndarray:
    """Geometric group sizes with the mean of the subject, as text."""
    mean = np.array([each.group_mean for each in subjects])[subject]
    more = np.log1p(-uniform("group", *keys)) / np.log(np.maximum(1 - 1 / mean, 1e-12))
    return (1 + np.minimum(more, 30).astype(int)).astype(str)


def _individual_ids(programme: Programme, events: pd.DataFrame, keys: Keys) -> np.ndarray:
    """The animal that was recognised: one of those whose range holds the station."""
    subjects = subjects_of(programme)
    subject = events["subject"].to_numpy()
    known = np.array([each.individuals for each in subjects])[subject]
    home = events["station"].to_numpy() * known // programme.stations
    number = np.where(known > 0, (home + (2 * uniform("individual", *keys)).astype(int)) % np.maximum(known, 1), 0)
    is_recognised = (known > 0) & (uniform("recognised", *keys) < RECOGNISED_SHARE)
    initials = np.array(["".join(word[:1].upper() for word in each.scientific_name.split()) for each in subjects])
    names = [f"{programme.code}-{who}{which + 1:02}" for who, which in zip(initials[subject], number, strict=True)]
    return np.where(is_recognised, names, "")


def _media(programme: Programme, observations: pd.DataFrame) -> pd.DataFrame:
    """The first picture of every event; those of people are not public."""
    media_ids = observations["eventID"] + "-m1"
    is_public = ~observations["observationType"].isin(["human", "vehicle"])
    columns = {
        "mediaID": media_ids,
        "deploymentID": observations["deploymentID"],
        "captureMethod": "activityDetection",
        "timestamp": observations["eventStart"],
        "filePath": f"https://pictures.example/{programme.source}/" + media_ids + ".jpg",
        "filePublic": np.where(is_public, "true", "false"),
        "fileName": media_ids + ".jpg",
        "fileMediatype": "image/jpeg",
    }
    return _complete(columns, MEDIA_HEADING, len(observations))


def _per_medium(observations: pd.DataFrame, media: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same events as rows of level media: one row for the first picture and one for the last."""
    last = media.assign(
        mediaID=observations["eventID"] + "-m2",
        timestamp=observations["eventEnd"],
        filePath=media["filePath"].str.replace("-m1.jpg", "-m2.jpg"),
        fileName=media["fileName"].str.replace("-m1.jpg", "-m2.jpg"),
    )
    pictures = pd.concat([media, last]).sort_index(kind="stable").reset_index(drop=True)
    rows = observations.loc[observations.index.repeat(2)].reset_index(drop=True)
    rows = rows.assign(
        observationID=pictures["mediaID"] + "-o1",
        mediaID=pictures["mediaID"],
        eventStart=pictures["timestamp"],
        eventEnd=pictures["timestamp"],
        observationLevel="media",
    )
    return rows, pictures


def local_times(seconds: pd.Series, time_zone: str) -> np.ndarray:
    """Moments (seconds after `FIRST_DAY`, UTC) as the local clock shows them: 2026-05-01T18:30:00+02:00."""
    moments = pd.to_datetime(seconds.to_numpy() + EPOCH_S, unit="s", utc=True)
    local = moments.tz_convert(time_zone).tz_localize(None)
    minutes = ((local - moments.tz_localize(None)) // pd.Timedelta(minutes=1)).to_numpy()
    offset_of = {each: f"{'-' if each < 0 else '+'}{abs(each) // 60:02}:{abs(each) % 60:02}" for each in set(minutes)}
    clock = np.datetime_as_string(local.to_numpy().astype("datetime64[s]"))
    return np.array([time + offset_of[each] for time, each in zip(clock, minutes, strict=True)])


def _options(options: np.ndarray, chance: np.ndarray) -> np.ndarray:
    return options[(chance * len(options)).astype(int)]


def _complete(columns: dict, heading: str, length: int) -> pd.DataFrame:
    """A frame with all columns of the standard; those that the programme does not fill are empty."""
    return pd.DataFrame({name: columns.get(name, "") for name in heading.split(",")}, index=range(length))
