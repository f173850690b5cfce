"""A page with one line of text."""

import streamlit as st

st.write("Nothing")
