"""A real server of the ERDDAP protocol on this machine, with invented heat stress, and a front that counts questions.

Run as `python -m tests.connectors.erddap_server PORT`.
"""

import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any

import numpy as np

FIRST, LAST = date(2023, 1, 1), date(2024, 12, 31)
OMITTED = date(2023, 12, 31)
STEP = 0.05
LATITUDES = [round(24.875 - STEP * place, 3) for place in range(7)]
LONGITUDES = [round(-81.775 + STEP * place, 3) for place in range(7)]
LAND = 4
"""The first so many cells along both axes are land."""
SUMMED_DAYS = 84


def heat() -> dict[str, np.ndarray]:
    """Every variable by day, latitude and longitude, from the seasons alone; land is NaN."""
    first = FIRST - timedelta(days=SUMMED_DAYS)
    day = np.arange((LAST - first).days + 1)[:, None, None]
    north, east = np.arange(7)[None, :, None], np.arange(7)[None, None, :]
    season = np.sin(2 * np.pi * (day - 120) / 365.25)
    hotspot = np.round(4.1 * season - 1.5 + 0.05 * north - 0.07 * east, 2).astype("float32")
    counted = np.where(hotspot >= 1, hotspot.astype("float64"), 0.0)
    running = np.cumsum(counted, axis=0)
    weeks = (running[SUMMED_DAYS:] - running[:-SUMMED_DAYS]) / 7
    hotspot = hotspot[SUMMED_DAYS:]
    level = np.where(hotspot < 1, hotspot > 0, 2 + np.minimum(weeks // 4, 3))
    highest = [level[max(0, place - 6) : place + 1].max(axis=0) for place in range(len(level))]
    variables = {
        "CRW_SST": np.round(29.5 + hotspot, 2),
        "CRW_HOTSPOT": hotspot,
        "CRW_DHW": weeks,
        "CRW_BAA": level,
        "CRW_BAA_7D_MAX": np.stack(highest),
    }
    is_land = np.zeros((7, 7), bool)
    is_land[:LAND, :LAND] = True
    return {name: np.where(is_land, np.nan, values).astype("float32") for name, values in variables.items()}


def days() -> list[date]:
    """The days of the datasets."""
    return [FIRST + timedelta(days=place) for place in range((LAST - FIRST).days + 1)]


UNITS = {"CRW_SST": "Celsius", "CRW_HOTSPOT": "Celsius", "CRW_DHW": "Celsius weeks"}


def _serve(port: int) -> None:
    import xarray as xr
    import xpublish
    from xpublish_erddap import ErddapPlugin

    moments = np.array([f"{day}T12:00:00" for day in days()], "datetime64[ns]")
    whole = xr.Dataset(
        {
            name: (("time", "latitude", "longitude"), values, {"units": UNITS.get(name, "1"), "long_name": name})
            for name, values in heat().items()
        },
        {
            "time": ("time", moments),
            "latitude": ("latitude", LATITUDES, {"units": "degrees_north"}),
            "longitude": ("longitude", LONGITUDES, {"units": "degrees_east"}),
        },
        {"title": "Invented heat stress", "institution": "invented"},
    )
    east = ("longitude", [360 + place for place in LONGITUDES], {"units": "degrees_east"})
    turned = whole.assign_coords(longitude=east).isel(latitude=slice(None, None, -1))
    datasets = {
        "NOAA_DHW": whole,
        "ten_days_ago": whole.isel(time=slice(None, -10)),
        "dhw_5km_lon360": turned.sel(time=moments != np.datetime64(f"{OMITTED}T12:00:00")),
        "sst_alone": whole[["CRW_SST"]],
    }
    rest = xpublish.Rest(datasets, plugins={"erddap": ErddapPlugin()})
    rest.serve(host="127.0.0.1", port=port, log_level="warning")


class Front:
    """Passes each question for `NOAA_DHW` on to `dataset` of the server, and notes it; use it as a context manager.

    `described_as` is another dataset whose description is given; with `moved_to`, data are asked for at that server.
    """

    def __init__(self, server: str) -> None:
        self.dataset = "NOAA_DHW"
        self.described_as = ""
        self.moved_to = ""
        self.asked: list[str] = []
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                front.asked.append(self.path)
                is_info = self.path.startswith("/erddap/info/")
                if front.moved_to and not is_info:
                    self._answer(302, b"", {"Location": front.moved_to + self.path})
                    return
                dataset = front.described_as if is_info and front.described_as else front.dataset
                self._answer(*_get(server + self.path.replace("NOAA_DHW", dataset)))

            def _answer(self, status: int, body: bytes, headers: Mapping[str, str] = MappingProxyType({})) -> None:
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: Any) -> None:
                """Tests are silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.location = f"http://127.0.0.1:{self._server.server_port}/erddap/griddap/NOAA_DHW"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> "Front":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
