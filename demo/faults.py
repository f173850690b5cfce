"""The mistakes that real exports hold, as rows added to one invented package; no good row is touched."""

import pandas as pd

DOUBLED_T = 15
WITHOUT_ID = 5
WITHOUT_DEPLOYMENT = 4
ENDS_BEFORE_START = 4
CUT_OFF = 3
BAD_DEPLOYMENTS = 4
BAD_OBSERVATIONS = DOUBLED_T + WITHOUT_ID + WITHOUT_DEPLOYMENT + ENDS_BEFORE_START + CUT_OFF


def with_bad_deployments(deployments: pd.DataFrame) -> pd.DataFrame:
    """The table with four more rows: a latitude off the globe, an end before the start, a broken time, no longitude."""
    bad = deployments.head(BAD_DEPLOYMENTS).astype({"latitude": object, "longitude": object})
    bad["deploymentID"] = [f"BRF-X{number}" for number in range(1, BAD_DEPLOYMENTS + 1)]
    first, second, third, fourth = bad.index
    bad.loc[first, "latitude"] = 95.0
    bad.loc[second, "deploymentEnd"] = "2019-03-02T10:00:00-04:00"
    bad.loc[third, "deploymentStart"] = bad.loc[third, "deploymentStart"].replace("T", "TT")
    bad.loc[fourth, "longitude"] = ""
    return pd.concat([deployments, bad], ignore_index=True)


def with_bad_observations(observations: pd.DataFrame) -> pd.DataFrame:
    """The table with more rows that a reader must refuse; those that are cut off are added to the text."""
    animals = observations[observations["observationType"] == "animal"]
    bad = animals.head(BAD_OBSERVATIONS - CUT_OFF).copy()
    bad["observationID"] = [f"BRF-X{number:02}" for number in range(1, len(bad) + 1)]
    rows = iter(bad.index)

    def some(count: int) -> list[int]:
        return [next(rows) for _ in range(count)]

    doubled = some(DOUBLED_T)
    bad.loc[doubled, "eventStart"] = bad.loc[doubled, "eventStart"].str.replace("T", "TT")
    bad.loc[some(WITHOUT_ID), "observationID"] = ""
    bad.loc[some(WITHOUT_DEPLOYMENT), "deploymentID"] = ""
    bad.loc[some(ENDS_BEFORE_START), "eventEnd"] = "2019-03-02T10:00:00-04:00"
    return pd.concat([observations, bad], ignore_index=True)


def cut_off_lines(observations_csv: str) -> str:
    """A few lines that end in the middle, as after a broken transfer."""
    lines = observations_csv.splitlines()[1 : CUT_OFF + 1]
    return "".join(",".join(["BRF-X9", *line.split(",")[1:6]]) + "\n" for line in lines)
