"""What is asked of an ERDDAP server whose description is odd, and how the answers are called."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import SourceChanged
from tests.conftest import Reply, Request, Serve
from tests.connectors.test_coral_reef_watch_erddap import DAYS, INFO, answer, fetch, read, source


@pytest.mark.parametrize("axis", ["time", "latitude", "longitude"])
@pytest.mark.parametrize("end", ["NaN", "1e300", "-1e300", "inf", "1e12"])
def test_an_impossible_range_of_an_axis_is_told_before_days_are_asked_for(
    serve: Serve, tmp_path: Path, axis: str, end: str
) -> None:
    lines = INFO.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith(f"attribute,{axis},"))
    for wrong in (f"{end}, 1.0", f"1.0, {end}"):
        lines[place] = f'attribute,{axis},actual_range,double,"{wrong}"'
        with pytest.raises(SourceChanged, match=f"reef heat: .*impossible actual_range of the axis {axis}"):
            read(serve, tmp_path, info="\n".join(lines))


@pytest.mark.parametrize(("days_ahead", "is_told"), [(-1, False), (7, False), (12, True), (36_500, True)])
def test_a_last_day_far_ahead_is_told_and_nothing_is_asked_for(
    serve: Serve, tmp_path: Path, days_ahead: int, is_told: bool
) -> None:
    last = (datetime.now(UTC) + timedelta(days=days_ahead)).timestamp()
    info = Reply(INFO.replace("9.786096E8", str(last)).encode())
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        asked.append(request)
        return answer(info, Reply(DAYS.encode()))(request)

    there = source(serve(reply), **{"from": "2024-01-01"})
    if not is_told:
        assert fetch(there, tmp_path).payloads
        return
    with pytest.raises(SourceChanged, match="a last day that lies ahead"):
        fetch(there, tmp_path)
    assert len(asked) == 1


def test_answers_of_stations_whose_long_names_begin_alike_have_names_of_their_own(serve: Serve, tmp_path: Path) -> None:
    stations = {f"{'Invented ' * 20}{side}": [-8.12, 12.37] for side in ("north", "south")}
    there = source(serve(answer(Reply(INFO.encode()), Reply(DAYS.encode()))), stations=stations)
    payloads = fetch(there, tmp_path).payloads
    assert len({payload.name for payload in payloads}) == len({payload.path for payload in payloads}) == len(payloads)
