"""The pages in their sections: a new page is one file in pages/ and one line here."""

from pathlib import Path

import streamlit as st

_PAGES = Path(__file__).resolve().parent.parent / "pages"

SECTIONS = {
    "Network": [
        ("overview", "Overview", "public", "Map, key numbers and what needs attention, on one page."),
        ("compare", "Compare", "compare_arrows", "One site beside fair peers: figures with intervals, and criteria."),
        ("impact", "Impact", "volunteer_activism", "What the network has reached over time, for donors; as a report."),
    ],
    "Site": [
        ("site", "Site profile", "landscape", "One site: Green List certificate, cameras and wildlife."),
        ("wildlife", "Wildlife", "pets", "Camera traps: species, rates, activity, map and effort."),
        ("movement", "Movement", "timeline", "Tagged animals: tracks, distances, home ranges and collars."),
        ("early_warning", "Early warning", "notifications_active", "Warnings, how fast somebody comes, and conflicts."),
        ("reefs", "Reefs", "scuba_diving", "Coral cover, planted corals and heat stress: is the reef growing back?"),
    ],
    "Green List": [
        ("readiness", "Readiness", "checklist", "How far sites are, which criteria hold them back, what is due."),
        ("assess", "Assess", "fact_check", "One site's assessment: ratings by role, evidence, and what the data say."),
        ("work_plan", "Work plan", "event_available", "What the pilots planned: due, late and done, by criterion."),
        ("ledger", "Ledger", "verified_user", "Which assessments are what was signed; anyone can check it."),
    ],
    "Data": [
        ("download", "Download", "download", "Tables of the merged dataset as a package, for analysts and scripts."),
        ("sources", "Sources", "monitor_heart", "Which pilot systems send data, and what to do where one does not."),
    ],
}


def pages() -> dict[str, list]:
    """All pages by section, as st.navigation takes them; the first one is the start page."""
    return {section: [_page(*entry) for entry in entries] for section, entries in SECTIONS.items()}


def page(name: str):
    """The page in pages/<name>.py, for links."""
    return next(_page(*entry) for entries in SECTIONS.values() for entry in entries if entry[0] == name)


def open_site(site_id: str) -> None:
    """Leave for the profile of a site; the run ends here."""
    st.switch_page(page("site"), query_params={"site": site_id})


def open_assessment(site_id: str, criterion: str = "") -> None:
    """Leave for the assessment of a site, opened at a criterion; the run ends here."""
    st.switch_page(page("assess"), query_params={"site": site_id} | ({"criterion": criterion} if criterion else {}))


def open_check(assessment_id: str) -> None:
    """Leave for the ledger's check of an assessment; the run ends here."""
    st.switch_page(page("ledger"), query_params={"assessment": assessment_id})


def check_link(assessment_id: str, label: str, icon: str, place=st) -> None:
    """A link to the ledger's check of an assessment; `label` is Markdown, `place` may be the header's actions."""
    place.page_link(page("ledger"), label=label, icon=icon, query_params={"assessment": assessment_id})


def outcome_link(outcome: str, label: str, icon: str) -> None:
    """A link to the assessments of which the ledger's check found this; `label` is Markdown."""
    st.page_link(page("ledger"), label=label, icon=icon, query_params={"outcome": outcome})


def version_link(site_id: str, assessment_id: str) -> None:
    """A link to one version of a site's assessment."""
    st.page_link(
        page("assess"),
        label="The assessment itself",
        icon=":material/fact_check:",
        query_params={"site": site_id, "version": assessment_id},
    )


def site_link(site_id: str, label: str, icon: str | None = None) -> None:
    """A link to the profile of a site; `label` is Markdown."""
    st.page_link(page("site"), label=label, icon=icon, query_params={"site": site_id})


def field_link(name: str, site_id: str, label: str) -> None:
    """A link to a page about one kind of field system, opened at a site; `label` is Markdown."""
    st.page_link(page(name), label=label, icon=":material/arrow_forward:", query_params={"site": site_id})


def _page(name: str, title: str, icon: str, help_text: str):
    return st.Page(
        _PAGES / f"{name}.py", title=title, icon=f":material/{icon}:", help=help_text, default=name == "overview"
    )
