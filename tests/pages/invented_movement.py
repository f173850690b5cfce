"""Invented answers of the queries behind the page."""


def answers() -> dict:
    """The invented answer of each query, with the query's own parameters."""
    return {}
