"""A mask holds for every way in which sources write that an animal is, or may be, of the masked taxon."""

import ibis
import pytest

from data.access import Mask, Masks, is_masked, is_sensitive
from data.engine import connect

NAMES = [
    ("Panthera tigris", None, True),
    ("panthera TIGRIS", None, True),
    ("Panthera tigris altaica", None, True),
    ("Panthera", None, True),
    ("Sus scrofa", "Vulpes vulpes; Panthera tigris", True),
    (None, "Panthera tigris", True),
    ("Panthera sp.", None, True),
    ("Panthera spp", None, True),
    ("Panthera sp. 1", None, True),
    ("Panthera indet.", None, True),
    ("cf. Panthera", None, True),
    ("Panthera cf. tigris", None, True),
    ("cf. Panthera tigris", None, True),
    ("Panthera aff. tigris", None, True),
    ("Panthera tigris?", None, True),
    ("Panthera  tigris", None, True),
    ("Panthera\N{NO-BREAK SPACE}tigris", None, True),
    (" Panthera tigris ", None, True),
    ("Panthera ", None, True),
    ("Panthera (Panthera) tigris", None, True),
    ("Panthera (Tigris) tigris ssp. altaica (Temminck, 1844)", None, True),
    ("Panthera tigris/pardus", None, True),
    ("Panthera pardus/tigris", None, True),
    ("Panthera pardus or Panthera tigris", None, True),
    ("Panthera tigris x Panthera leo", None, True),
    ("Neofelis nebulosa / Panthera sp.", None, True),
    ("Neofelis nebulosa or Panthera", None, True),
    ("Panthera_tigris", None, True),
    ("P. tigris", None, True),
    ("P.tigris", None, True),
    ("Sus scrofa", "Vulpes vulpes;Panthera sp.", True),
    ("Panthera pardus orientalis", None, False),
    ("Panthera pardus/uncia", None, False),
    ("cf. Panthera pardus", None, False),
    ("Leopardus tigrinus", None, False),
    ("Felis sp.", None, False),
    ("sp.", None, False),
    ("Sp. indet.;", ";", False),
    ("Panthera pardus", None, False),
    ("Panthera tigrisoides", None, False),
    ("Sus scrofa", "Vulpes vulpes", False),
    ("Sus scrofa", "", False),
    ("", None, False),
    (None, None, False),
]


@pytest.mark.parametrize(("name", "candidates", "is_hit"), NAMES)
def test_a_mask_holds_for_all_names_that_tell_of_the_taxon(name: str | None, candidates: str | None, is_hit) -> None:
    schema = {"site_id": "string", "scientific_name": "string", "candidate_names": "string"}
    rows = {"site_id": ["1", "2"], "scientific_name": [name] * 2, "candidate_names": [candidates] * 2}
    t = ibis.memtable(rows, schema=schema)
    masks = (Mask("1", "Panthera tigris", "hidden"),)
    con = connect()
    try:
        assert con.execute(is_masked(t, masks).name("is_masked")).tolist() == [is_hit, False]
        judged = con.execute(is_sensitive(t, Masks(masks)).name("is_sensitive")).tolist()
        assert judged[0] == (is_hit or judged[1])
    finally:
        con.disconnect()


@pytest.mark.parametrize(
    ("taxon", "name", "is_hit"),
    [
        ("Panthera", "Panthera tigris", True),
        ("Panthera", "Panthera", True),
        ("Panthera", "Panthera cf. pardus", True),
        ("Panthera", "P. pardus", False),
        ("Panthera", "Pantheraxy", False),
        ("Panthera tigris altaica", "Panthera tigris", True),
        ("Panthera tigris altaica", "Panthera tigris altaica", True),
        ("Panthera tigris altaica", "Panthera sp.", True),
        ("Panthera tigris altaica", "Panthera tigris sumatrae", False),
    ],
)
def test_a_mask_may_be_of_a_genus_or_of_a_subspecies(taxon: str, name: str, is_hit: bool) -> None:
    t = ibis.memtable({"site_id": ["1"], "scientific_name": [name]})
    con = connect()
    try:
        assert con.execute(is_masked(t, (Mask("1", taxon, "hidden"),)).name("is_masked")).tolist() == [is_hit]
    finally:
        con.disconnect()
