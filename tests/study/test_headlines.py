"""Headlines: the order of the table, every event, and nothing whose name only begins alike."""

from ferrotope.study.headlines import HEADLINES, present


def test_order_is_that_of_the_table_and_events_keep_theirs():
    paths = ["dosimetry.absorbed_dose.liver", "magnetism.slp[1]", "magnetism.slp[0]", "magnetism.slp_core[0]", "other"]
    assert present(paths) == ("magnetism.slp[1]", "magnetism.slp[0]", "dosimetry.absorbed_dose.liver")


def test_marks_inside_a_path_count_as_events():
    assert present(["imaging.suv[1].tumour", "imaging.suv[2].tumour"]) == (
        "imaging.suv[1].tumour",
        "imaging.suv[2].tumour",
    )


def test_no_headline_stands_twice():
    assert len(set(HEADLINES)) == len(HEADLINES)
