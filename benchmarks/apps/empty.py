"""The limit of every page: an app of the same kind with nothing on its one page."""

from pathlib import Path

import streamlit as st

app = st.App(Path(__file__).parent / "empty_page.py")
