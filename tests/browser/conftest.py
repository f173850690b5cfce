"""A real browser for the running app: how to wait, look at maps, and record what the browser asks for."""

import io
import math
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LAUNCH = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
}
DESK = {"viewport": {"width": 1440, "height": 900}}


@dataclass
class Visit:
    """One open page with everything that its browser asked for and complained about."""

    page: object
    base: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> "Visit":
        self.page.goto(self.base + path)
        self.idle()
        return self

    def idle(self, quiet_ms: int = 350, timeout_ms: int = 45_000) -> None:
        """Wait until the script has ended and stays ended: just after a click it still looks finished."""
        self.page.evaluate("() => { delete window.quietSince }")
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=timeout_ms)
        self.page.wait_for_function(
            """(quiet) => {
              const app = document.querySelector("[data-testid=stApp]")
              const waiting = "[data-testid=stSkeleton],[data-testid=stSpinner],[data-stale=true]"
              const busy = !app || app.dataset.testScriptState !== "notRunning"
                || app.dataset.testConnectionState !== "CONNECTED" || document.querySelector(waiting)
              const now = performance.now()
              if (busy) { window.quietSince = now; return false }
              window.quietSince ??= now
              return now - window.quietSince > quiet
            }""",
            arg=quiet_ms,
            timeout=timeout_ms,
        )

    def outside_requests(self) -> list[str]:
        """Requests that left the host; data and blob addresses stay inside the browser."""
        inside = (self.base, self.base.replace("http", "ws", 1), "data:", "blob:")
        return [address for address in self.requests if not address.startswith(inside)]

    def map_colours(self) -> int:
        """Distinct colours in the visible part of the map; a blank map has a handful."""
        from PIL import Image

        box = self.page.locator("[data-testid=stDeckGlJsonChart]").first.bounding_box()
        size = self.page.viewport_size
        left, top = max(0, box["x"]), max(0, box["y"])
        right, bottom = min(size["width"], box["x"] + box["width"]), min(size["height"], box["y"] + box["height"])
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        picture = Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB").quantize(256)
        return len(picture.getcolors(256) or [])

    def map_ready(self, at_least: int = 12, timeout_s: float = 30) -> int:
        """Wait until the map is painted and does not change any more; gives its number of colours."""
        self.page.wait_for_selector("[data-testid=stDeckGlJsonChart] canvas")
        self.page.locator("[data-testid=stDeckGlJsonChart]").first.scroll_into_view_if_needed()
        end, last = time.monotonic() + timeout_s, -1
        while time.monotonic() < end:
            colours = self.map_colours()
            if colours >= at_least and colours == last:
                return colours
            last = colours
            self.page.wait_for_timeout(250)
        raise AssertionError(f"the map was not painted; it has {last} colours")

    def click_on_map(self, longitude: float, latitude: float, view: dict) -> None:
        """Click where the map shows this point; `view` has latitude, longitude and zoom of the map's centre."""

        def mercator(degrees: float) -> float:
            return (1 - math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2)) / math.pi) / 2

        box = self.page.locator("[data-testid=stDeckGlJsonChart]").first.bounding_box()
        world = 512 * 2 ** view["zoom"]
        right = box["x"] + box["width"] / 2 + (longitude - view["longitude"]) / 360 * world
        down = box["y"] + box["height"] / 2 + (mercator(latitude) - mercator(view["latitude"])) * world
        self.page.mouse.click(right, down)


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A browser; closed after the module, since Playwright keeps an event loop running while it is open."""
    if not CHROMIUM:
        pytest.skip("no chromium on this machine, so nothing is checked in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(LAUNCH))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., Visit]]:
    """Opens a fresh browser context on a server: `visit(base, path, **context options)`."""
    contexts = []

    def opened(base: str, path: str = "/", **options) -> Visit:
        context = chromium.new_context(**{**DESK, **options})
        contexts.append(context)
        one = Visit(context.new_page(), base)
        one.page.on("request", lambda request: one.requests.append(request.url))
        one.page.on("pageerror", lambda error: one.errors.append(str(error)))
        one.page.on("console", lambda line: one.errors.append(line.text) if line.type == "error" else None)
        return one.open(path)

    yield opened
    for context in contexts:
        context.close()
