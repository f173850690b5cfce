"""When cameras worked: per day, per place and month, and the stretches in which they did not."""

from datetime import date

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)


def working_cameras(deployments: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Camera places at work on each day (UTC) between two days, both included: `day`, `cameras`.

    Takes `place`, `started_at` and `ended_at`. A place counts on a day on which any deployment there worked at all.
    """
    days = pd.date_range(first, last)
    deployments = deployments[deployments["ended_at"] > deployments["started_at"]]
    starts = deployments["started_at"].dt.tz_localize(None).dt.normalize()
    ends = (deployments["ended_at"] - pd.Timedelta(microseconds=1)).dt.tz_localize(None).dt.normalize()
    spans = pd.DataFrame({"place": deployments["place"], "start": starts, "end": ends}).sort_values(["place", "start"])
    # Deployments of one place that share a day count it once: each begins after the last day covered so far.
    covered = spans.groupby("place")["end"].cummax().groupby(spans["place"]).shift()
    begin = spans["start"].where(covered.isna() | (spans["start"] > covered), covered + DAY)
    spans = spans.assign(begin=begin)[begin <= spans["end"]]
    change = np.zeros(len(days) + 1, dtype="int64")
    from_day = ((spans["begin"] - days[0]) // DAY).clip(lower=0, upper=len(days)).astype("int64")
    to_day = ((spans["end"] - days[0]) // DAY + 1).clip(lower=0, upper=len(days)).astype("int64")
    np.add.at(change, from_day.to_numpy(), 1)
    np.add.at(change, to_day.to_numpy(), -1)
    return pd.DataFrame({"day": days.date, "cameras": np.cumsum(change)[:-1]})


def place_months(deployments: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """Nights that each camera place worked per month (UTC) between two days, both included.

    Takes `place`, `place_name`, `started_at` and `ended_at`. Gives `place`, `place_name`, `month` (its first day),
    `nights` (of 24 h, those of two cameras at once counted once) and `share` of the month's nights in the period.
    """
    stretches = _stretches(deployments)
    blocks = []
    for month in pd.period_range(first, last, freq="M"):
        begin = max(month.start_time.tz_localize("UTC"), pd.Timestamp(first, tz="UTC"))
        end = min((month + 1).start_time.tz_localize("UTC"), pd.Timestamp(last, tz="UTC") + DAY)
        inside = stretches["ended_at"].clip(upper=end) - stretches["started_at"].clip(lower=begin)
        nights = (inside / DAY).clip(lower=0).groupby(stretches["place"]).sum()
        blocks.append(
            pd.DataFrame({"nights": nights, "month": month.start_time.date(), "share": nights / ((end - begin) / DAY)})
        )
    names = deployments.drop_duplicates("place").set_index("place")["place_name"]
    months = pd.concat(blocks) if blocks else pd.DataFrame({"nights": [], "month": [], "share": []})
    months = months.rename_axis("place").reset_index()
    months = months.assign(place_name=months["place"].map(names), share=months["share"].clip(upper=1))
    return months[["place", "place_name", "month", "nights", "share"]]


def downtime(deployments: pd.DataFrame, last: date) -> pd.DataFrame:
    """Stretches without any working camera at a place after its first deployment, longest first.

    Takes `place`, `place_name`, `started_at`, `ended_at` and `camera_functioning`. Deployments that overlap or touch
    count as one. A place that does not work at the end of `last` is down from its last deployment on, with
    `resumed_at` empty. Gives `place`, `place_name`, `stopped_at`, `resumed_at` (UTC), `nights` (of 24 h) and `reason`:
    how the camera worked that stood there before, where the source says. Sources tell of no outage within a deployment.
    """
    end = pd.Timestamp(last, tz="UTC") + DAY
    rows = _stretches(deployments)
    following = rows.groupby("place")["started_at"].shift(-1)
    stopped = rows.assign(
        stopped_at=rows["ended_at"], resumed_at=following, nights=(following.fillna(end) - rows["ended_at"]) / DAY
    )
    names = deployments.drop_duplicates("place").set_index("place")["place_name"]
    stopped = stopped.assign(place_name=stopped["place"].map(names))
    stopped = stopped[stopped["nights"] > 0]
    columns = ["place", "place_name", "stopped_at", "resumed_at", "nights", "reason"]
    return stopped[columns].sort_values("nights", ascending=False, kind="stable", ignore_index=True)


def _stretches(deployments: pd.DataFrame) -> pd.DataFrame:
    """Each place's time at work, deployments that touch joined: `place`, `started_at`, `ended_at`, `reason`."""
    rows = deployments.sort_values(["place", "started_at"], ignore_index=True)
    covered = rows.groupby("place")["ended_at"].cummax().groupby(rows["place"]).shift()
    is_new = covered.isna() | (rows["started_at"] > covered)
    rows = rows.assign(stretch=is_new.cumsum()).sort_values(["stretch", "ended_at"], kind="stable")
    merged = rows.groupby("stretch", as_index=False).agg(
        place=("place", "first"),
        started_at=("started_at", "min"),
        ended_at=("ended_at", "max"),
        # The last row of the group, even where it says nothing.
        reason=("camera_functioning", lambda column: column.iloc[-1]),
    )
    return merged.drop(columns="stretch").astype({"reason": "object"})
