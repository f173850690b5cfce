"""The questions of the METT by name: their numbers move between versions, so a number alone says nothing.

Names of METT-1 and METT-3 as in published tables of scores and in the GEF tracking tool. Of METT-4 only that it has 38
questions is known, so its questions are told apart by their numbers.
"""

import re

QUESTIONS = {
    "legal_status": "legalstatus",
    "pa_regulations": "(pa|protectedarea)?regulations",
    "law_enforcement": "lawenforcement",
    "pa_objectives": "(pa|protectedarea)?objectives",
    "pa_design": "(pa|protectedarea)?design",
    "pa_boundary_demarcation": "(pa|protectedarea)?boundary(demarcation)?",
    "management_plan": "managementplan",
    "regular_work_plan": "(regular)?workplan",
    "resource_inventory": "resourceinventory",
    "protection_systems": "protectionsystems?",
    "research": "research",
    "resource_management": "resourcemanagement",
    "staff_numbers": "staffnumbers",
    "personnel_management": "personnelmanagement",
    "staff_training": "stafftraining",
    "current_budget": "currentbudget",
    "security_of_budget": "securityofbudget",
    "management_of_budget": "managementofbudget",
    "equipment": "equipment",
    "maintenance_of_equipment": "maintenanceofequipment",
    "education_and_awareness": "educationandawareness(programme|program)?",
    "planning_for_land_and_water": "planningforlandandwater(use)?",
    "state_and_commercial_neighbours": "stateandcommercialneighbou?rs",
    "indigenous_people": "indigenouspeoples?",
    "local_communities": "localcommunities",
    "economic_benefit": "economicbenefits?(assessment)?",
    "monitoring_and_evaluation": "monitoringandevaluation|monitoring",
    "visitor_facilities": "visitorfacilities",
    "commercial_tourism_operators": "commercialtourism(operators)?",
    "fees": "fees",
    "condition_of_values": "conditionofvalues|conditionassessment",
    "access_assessment": "accessassessment",
}
QUESTIONS_MAX = {"METT-1": 30, "METT-3": 30, "METT-4": 38}
NUMBERED = "METT-4"
# Where a question stands tells the version: staff numbers and monitoring moved between METT-1 and METT-3.
PLACES = {
    "METT-1": {"staff_numbers": 12, "monitoring_and_evaluation": 30},
    "METT-3": {"staff_numbers": 13, "monitoring_and_evaluation": 26},
}
ONLY_IN = {
    "METT-1": ("personnel_management", "access_assessment"),
    "METT-3": ("protection_systems", "planning_for_land_and_water"),
}
_HEADING = re.compile(r"\s*(?:q(?:uestion)?[\s._]*)?(?P<number>\d{1,2})?[\s.:)_-]*(?P<name>.*?)\s*", re.I | re.DOTALL)
_VERSION = re.compile(r"mett\W*(?:v(?:ersion)?\W*)?([134])(?!\d)", re.I)


def question_of(heading: str) -> tuple[str | None, int | None]:
    """The name of the question that a heading asks, if one is known, and the number before it, if there is one."""
    match = _HEADING.fullmatch(heading)
    number = int(match["number"]) if match and match["number"] else None
    letters = "".join(letter for letter in (match["name"] if match else "").lower() if letter.isalnum())
    name = next((name for name, pattern in QUESTIONS.items() if re.fullmatch(pattern, letters)), None)
    return name, number


def version_of(text: str) -> str | None:
    """The version that a text such as `METT 3`, `METT_v4` or, in a column of versions, `3` names."""
    match = _VERSION.search(text) or re.fullmatch(r"\s*([134])(?:\.0)?\s*", text)
    return f"METT-{match[1]}" if match else None


def version_by_questions(numbers: dict[str, int | None]) -> str | None:
    """The version whose questions these are, told by those that moved or exist in one alone; None when none tells."""
    for version, places in PLACES.items():
        if any(numbers.get(name) == number for name, number in places.items()):
            return version
    for version, names in ONLY_IN.items():
        if any(name in numbers for name in names):
            return version
    return None
