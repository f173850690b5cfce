"""Reads a page of the app as a person would: all its words, and what its map and charts hold."""

import json

from streamlit.testing.v1 import AppTest


def words_of(app: AppTest) -> str:
    """All text of a page in one string, for asserting that something is or is not said."""
    kinds = ("title", "header", "markdown", "caption", "error", "warning", "info")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def layers_of(app: AppTest) -> dict[str, list]:
    """The rows of each layer of the page's map."""
    deck = json.loads(app.get("deck_gl_json_chart")[0].proto.json)
    return {layer["id"]: layer["data"] for layer in deck["layers"]}


def labels_of(app: AppTest) -> dict[str, str]:
    """The key figures of a page by their label."""
    return {figure.label: figure.value for figure in app.metric}
