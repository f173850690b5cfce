"""Small cells and the difference of two answers are found, and nothing where there is none."""

from tests.leak import counts

HEAD = "source,site_id,month,scientific_name,detections,masking"


def table(*rows: str) -> list[counts.Cell]:
    return counts.cells({"detections_by_month": "\n".join(["# Demo data", HEAD, *rows]).encode("utf-8-sig")})


def test_a_cell_of_few_is_found_where_it_was_made_coarser_or_its_taxon_is_not_open() -> None:
    found = table(
        "a,1,2026-01,Panthera tigris,4,whole months",
        "a,1,2026-02,Panthera tigris,5,whole months",
        "a,1,2026-03,Panthera tigris,3,",
        "a,1,2026-04,Vulpes vulpes,1,",
    )
    told = counts.few(found, ("Vulpes vulpes",))
    assert [words.partition(": ")[2] for words in told] == ["4 detections", "3 detections"]


def test_a_part_of_a_cell_that_is_few_is_found() -> None:
    rows = "site_id,month,kind,alerts,confirmed,false_alarms,masking\n1,2026-01,geofence_break,9,8,1,whole months\n"
    found = counts.few(counts.cells({"alerts_by_month": rows.encode()}), ())
    assert found == ["alerts_by_month 1 2026-01  geofence_break : 1 false_alarms"]


def test_two_answers_that_differ_by_few_are_found() -> None:
    wider = table("a,1,2026-01,Panthera tigris,9,months", "a,1,2026-02,Panthera tigris,5,months")
    by_month = table("a,1,2026-01,Panthera tigris,9,months")
    by_day = table("a,1,2026-01,Panthera tigris,9,months", "a,1,2026-02,Panthera tigris,3,months")
    assert counts.subtracted(wider, by_month, ()) == []
    assert counts.subtracted(wider, by_day, ()) == ["detections_by_month 1  Panthera tigris detections: 2"]
    assert counts.subtracted(table("a,1,2026-01,Vulpes vulpes,9,"), table(), ("Vulpes vulpes",)) == []
