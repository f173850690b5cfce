"""The web application: `streamlit run dashboard.py`. Its pages are drawn by ui/shell.py."""

import asyncio
import gc
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from data import settings
from ui import api, navigation, notices, server, sign_in_answers, upload_limits

FIRST_PAGE_MODULES = ("pydeck", "plotly.graph_objects", "ui.charts", "ui.maps", "ui.tables")
log = logging.getLogger(__name__)


def prepare() -> None:
    """Make sure that something will be shown: without configured sources, start pulling the demo network.

    Returns at once; the pull goes on in the background and the pages show its progress.
    """
    if settings.is_demo():
        from demo import start  # real installations never load the demo

        start.ensure()


def warm_up() -> None:
    """Import what the first page needs, so that the first visitor does not wait for it."""
    for module in FIRST_PAGE_MODULES:
        importlib.import_module(module)
    # What was just imported stays for good, so no collection needs to look through it again.
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Prepare the data and warm up while the server already answers."""
    # Addresses hold tickets and codes of sign-ins; a change of config.toml would start this log anew.
    logging.getLogger("uvicorn.access").disabled = True
    prepare()
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    yield
    await warming


def on_script_error(error: Exception) -> bool:
    """Tell the reader in words; Streamlit has written the error into the log."""
    log.error("a page failed: %s", type(error).__name__)
    notices.page_error()
    st.page_link(navigation.page("overview"), label="Back to the overview", icon=":material/arrow_back:")
    return True


app = st.App(
    Path(__file__).parent / "ui" / "shell.py",
    routes=[
        Route("/api/health", server.health),
        Route("/api/ready", server.ready),
        *api.routes(st.get_option("server.baseUrlPath")),
    ],
    middleware=[
        Middleware(server.ResponseHeaders),
        Middleware(server.CompressedScripts),
        Middleware(api.Uncompressed),
        Middleware(sign_in_answers.SignInAnswers),
        Middleware(upload_limits.UploadLimits),
    ],
    lifespan=lifespan,
    on_script_error=on_script_error,
)
