"""Chooses one of the sites that a page about field systems has something to say of."""

import pandas as pd
import streamlit as st

from ui import cached, navigation, notices, url
from ui.scope import current
from ui.text import plain


def pick(sites: pd.DataFrame, lacks: str, forgets: tuple[str, ...] = ()) -> tuple[str, st.container]:
    """The site of the link or of the reader's choice, and the row of widgets beside the picker.

    `sites` are some of `cached.monitored_sites`; a link to another site of the network is told what it `lacks`. A new
    site takes the choices that are kept under `forgets` back to their default.
    """
    names = {row.site_id: f"{row.site_name}, {row.country}" for row in sites.itertuples()}
    _answer_link(names, lacks)
    start = cached.summary(current()).start_site
    row = st.container(horizontal=True, vertical_alignment="bottom")
    with row:
        site_id = url.one(
            st.selectbox,
            "Site",
            list(names),
            key="site",
            default=start if start in names else next(iter(names)),
            format_func=lambda code: names.get(code, code),
            on_change=url.forget,
            args=forgets,
            width=360,
        )
    return site_id, row


def profile_link(site_id: str) -> None:
    """A link to the profile of the chosen site."""
    navigation.site_link(site_id, "Site profile", ":material/landscape:")


def _answer_link(names: dict[str, str], lacks: str) -> None:
    asked = st.query_params.get("site")
    if asked is None or asked in names:
        return
    known = cached.site(current(), asked)
    if known:
        st.info(f"{plain(known['site_name'])} has no {lacks} that you may see. Choose a site below.")
    else:
        notices.unknown_site(asked)
    st.query_params.pop("site")
