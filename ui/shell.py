"""The main script: the frame around every page, then the page itself.

It lies in ui/, not beside pages/, because Streamlit would otherwise take pages/ for its old-style page folder and show
the first visitor after a restart a bare page without this frame.
"""

from pathlib import Path

import streamlit as st

from data import settings
from ui import client, navigation, reader, scope, waiting
from ui.text import moment

ASSETS = Path(__file__).parent / "assets"

st.set_page_config("Tech4Nature network", str(ASSETS / "favicon.png"), layout="wide", initial_sidebar_state=236)
st.logo(str(ASSETS / f"logo-{client.mode()}.svg"), size="large")
page = st.navigation(navigation.pages(), expanded=True)
is_demo = settings.is_demo()
view = scope.latest_view()
is_waiting = waiting.is_needed(view)

with st.sidebar:
    client.watch()
    if not is_waiting:
        # Asked before and after the view was opened, so that the switch is never one over real data.
        viewer = reader.choose(view) if is_demo and settings.is_demo() else reader.identified()
        scope.hold(view, viewer)
        st.caption(f"Data to {moment(view.committed_at)}")
        waiting.show_unfinished()

if is_waiting:
    waiting.show()
else:
    page.run()
