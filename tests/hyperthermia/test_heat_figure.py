"""The figure of the room, drawn from what `heat` emits."""

import pytest

from ferrotope.hyperthermia import heat
from ferrotope.report.figures.heat import temperature_history
from tests.hyperthermia.test_heat import IRON, SLP, constant, heating, subject


def drawn(outcome):
    found = temperature_history({item.name: item for item in outcome.series})
    return None if found is None else (found[0].axes, found[1])


def test_three_panels():
    axes, caption = drawn(heat([heating()], [SLP], constant(tumour=IRON), subject()))
    assert [axis.get_xlabel().split(" ")[0] for axis in axes] == ["time", "distance", "iron"]
    assert "43 °C" in caption
    left, right = axes[2].get_xlim()
    assert left < 1e3 * IRON < right


def test_a_tiny_rise_does_not_fill_the_axis():
    axes, _ = drawn(heat([heating()], [SLP], constant(tumour=1e-6), subject()))
    for axis in axes:
        assert axis.get_ylim() == pytest.approx((36.0, 45.0), abs=0.1)


def test_impossible_temperatures_leave_the_axis():
    axes, _ = drawn(heat([heating()], [1e7], constant(tumour=0.1), subject()))
    assert axes[0].get_ylim()[1] == 100.0


def test_needed_iron_alone_where_the_tumour_holds_an_unknown_amount():
    axes, caption = drawn(heat([heating()], [SLP], {}, subject()))
    assert len(axes) == 1
    assert "not known" in caption


def test_far_exposures_are_left_out_and_the_same_field_is_drawn_once():
    days = [heating(), heating("26 h"), heating("72 h")]
    axes, caption = drawn(heat(days, [SLP] * 3, constant(tumour=IRON), subject()))
    assert "1 later exposure is not drawn" in caption
    assert axes[0].get_xlim()[1] < 40
    assert len(axes[2].get_legend().get_texts()) == 1


def test_three_organs():
    iron = constant(tumour=IRON, liver=2e-3, spleen=3e-3)
    axes, _ = drawn(heat([heating(exposed="body")], [SLP], iron, subject()))
    labels = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert labels == ["tumour", "liver", "spleen", "centre", "mean", "edge"]


def test_nothing_known_is_no_figure():
    assert drawn(heat([heating()], [None], {}, subject())) is None
    assert drawn(heat([heating()], [SLP], {}, subject(tumour=None))) is None
