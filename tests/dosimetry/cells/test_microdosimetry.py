"""Hits of alpha particles on a cell nucleus: chords, moments, survival, chains."""

import numpy as np
import pytest

from ferrotope.dosimetry.cells.microdosimetry import chords, nucleus_hits, retained_daughters
from ferrotope.dosimetry.cells.s_values import cell_s_values
from ferrotope.dosimetry.matter.ranges import alpha_csda_range
from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide, chain_weights
from ferrotope.units.constants import MEV

CELL, NUCLEUS = 6e-6, 4e-6


def test_mean_chords():
    # From afar, isotropic: 4R/3 (Cauchy). From inside: 3R/4. From the surface: R, for the half that goes in.
    enters, leaves, weight = chords((1e-3, 1.01e-3), NUCLEUS)
    assert weight @ (leaves - enters) / weight.sum() == pytest.approx(4 / 3 * NUCLEUS, rel=1e-3)
    assert weight.sum() == pytest.approx(0.25 * (NUCLEUS / 1e-3) ** 2, rel=0.02)
    enters, leaves, weight = chords((0.0, NUCLEUS), NUCLEUS)
    assert weight @ leaves == pytest.approx(0.75 * NUCLEUS, rel=1e-4)
    assert weight.sum() == pytest.approx(1.0)
    enters, leaves, weight = chords((NUCLEUS, NUCLEUS), NUCLEUS)
    assert weight @ (leaves - enters) / weight.sum() == pytest.approx(NUCLEUS, rel=1e-3)
    assert weight.sum() == pytest.approx(0.5)


@pytest.mark.parametrize("source", ["N", "Cy", "CS", "C"])
@pytest.mark.parametrize(("nuclide", "daughters"), [("At-211", "equilibrium"), ("Ra-224", "equilibrium")])
def test_mean_specific_energy_is_the_dose(source, nuclide, daughters):
    # <z> = <n> z1 against S of the folded kernels: another geometry (lens of two balls) and another integration.
    hits = nucleus_hits(nuclide, CELL, NUCLEUS, source, daughters=daughters, points=100)
    s = cell_s_values(nuclide, CELL, NUCLEUS, daughters=daughters, radiation="alpha", method="straight")
    assert hits.s_value == pytest.approx(s.at("N", source), rel=1e-3)


def test_hits_per_decay_are_a_solid_angle():
    # One alpha per decay of Po-213, of a range of 86 um: all that points at the nucleus hits it.
    hits = nucleus_hits("Po-213", CELL, NUCLEUS, "CS", daughters="prompt")
    assert hits.hits_per_decay == pytest.approx(0.5 * (1.0 - np.sqrt(1.0 - (NUCLEUS / CELL) ** 2)), rel=1e-3)
    assert nucleus_hits("Po-213", CELL, NUCLEUS, "N", daughters="prompt").hits_per_decay == pytest.approx(1.0, rel=1e-3)


def test_single_event_spectrum_against_sampling():
    rng = np.random.default_rng(7)
    count = 400_000
    start = np.cbrt(NUCLEUS**3 + (CELL**3 - NUCLEUS**3) * rng.random(count))
    cosine = 2.0 * rng.random(count) - 1.0
    beside = NUCLEUS**2 - start**2 * (1.0 - cosine**2)
    meets = (cosine > 0.0) & (beside > 0.0)
    half = np.sqrt(beside[meets])
    along = start[meets] * cosine[meets]
    line = Nuclide("Po-213").emissions("alpha")[-1]
    table = np.geomspace(1e-3, 10.0, 4000) * MEV
    reach = alpha_csda_range(table)
    full = float(alpha_csda_range(line.energy))
    energies = [np.interp(full - 1000.0 * (along + sign * half), reach, table) for sign in (-1.0, 1.0)]
    z = (energies[0] - energies[1]) / (4 / 3 * np.pi * 1000.0 * NUCLEUS**3)
    hits = nucleus_hits("Po-213", CELL, NUCLEUS, "Cy", daughters="prompt")
    assert hits.hits_per_decay == pytest.approx(meets.mean(), rel=0.01)
    assert hits.frequency_mean == pytest.approx(z.mean(), rel=0.005)
    assert hits.dose_mean == pytest.approx((z**2).mean() / z.mean(), rel=0.005)
    below = np.cumsum(hits.probability)
    for share in (0.1, 0.5, 0.9):
        assert np.interp(share, below, hits.edges[1:]) == pytest.approx(np.quantile(z, share), rel=0.02)
    assert hits.f1 @ np.diff(hits.edges) == pytest.approx(1.0)


def test_activity_all_around_gives_the_dose_of_equilibrium():
    # Activity everywhere: dose = energy emitted per mass. Inside the cell (C) and outside it (medium) add up.
    outside = nucleus_hits("Po-213", CELL, NUCLEUS, "medium", daughters="prompt", points=300)
    inside = nucleus_hits("Po-213", CELL, NUCLEUS, "C", daughters="prompt")
    per_volume = outside.s_value * outside.source_volume + inside.s_value * inside.source_volume
    assert per_volume == pytest.approx(Nuclide("Po-213").mean_energy("alpha") / 1000.0, rel=2e-3)


def test_number_of_hits():
    hits = nucleus_hits("At-211", CELL, NUCLEUS, "CS", daughters="equilibrium")
    decays = 3.0 / hits.hits_per_decay
    assert hits.mean_hits(decays) == pytest.approx(3.0)
    chance = hits.hit_probabilities(decays, 40)
    assert chance.sum() == pytest.approx(1.0)
    assert chance[2] == pytest.approx(np.exp(-3.0) * 4.5)
    np.testing.assert_array_equal(hits.hit_probabilities(0.0, 3), [1.0, 0.0, 0.0, 0.0])


def test_distribution_over_cells_has_its_moments():
    hits = nucleus_hits("At-211", CELL, NUCLEUS, "Cy", daughters="equilibrium")
    mean = 4.0
    z, chance = hits.specific_energy_distribution(mean / hits.hits_per_decay)
    assert chance.sum() == pytest.approx(1.0)
    assert chance[0] == pytest.approx(np.exp(-mean))
    average = z @ chance
    assert average == pytest.approx(mean * hits.frequency_mean, rel=1e-3)
    assert (z - average) ** 2 @ chance == pytest.approx(mean * hits.frequency_mean * hits.dose_mean, rel=1e-3)


def test_survival_is_the_mean_over_the_distribution():
    hits = nucleus_hits("At-211", CELL, NUCLEUS, "CS", daughters="equilibrium")
    decays = 6.0 / hits.hits_per_decay
    z, chance = hits.specific_energy_distribution(decays)
    for z0 in (0.1, 0.5, 2.0):
        assert hits.survival(decays, z0) == pytest.approx(chance @ np.exp(-z / z0), rel=1e-6)
    # Limits: a hit always kills; many small hits, S = exp(-D/z0).
    assert hits.survival(decays, 1e-6) == pytest.approx(np.exp(-6.0), rel=1e-4)
    dose = decays * hits.s_value
    assert hits.survival(decays, 1e3) == pytest.approx(np.exp(-dose / 1e3), rel=1e-3)
    # By chance some cells are spared: above the exponential of the mean.
    assert hits.survival(decays, 0.5) > np.exp(-dose / 0.5)


def test_retained_daughters():
    whole = retained_daughters("Ac-225", 1.0)
    assert whole == pytest.approx({k: v for k, v in chain_weights("Ac-225", "equilibrium").items() if k != "Ac-225"})
    half = retained_daughters("Ac-225", 0.5)
    assert (half["Fr-221"], half["At-217"], half["Bi-213"]) == (0.5, 0.25, 0.125)
    # Pb-209 follows Bi-213 by way of Po-213 or of Tl-209, with one alpha either way.
    assert half["Pb-209"] == pytest.approx(0.0625)
    assert retained_daughters("Ac-225", {"213Bi": 0.0})["Po-213"] == 0.0
    assert retained_daughters("Ac-225", {}) == pytest.approx(whole)
    gone = nucleus_hits("Ac-225", CELL, NUCLEUS, "CS", daughters=retained_daughters("Ac-225", 0.0))
    all_stay = nucleus_hits("Ac-225", CELL, NUCLEUS, "CS", daughters=whole)
    alone = nucleus_hits("Ac-225", CELL, NUCLEUS, "CS", daughters="prompt")
    assert gone.hits_per_decay == pytest.approx(all_stay.hits_per_decay / 4, rel=0.01)
    # Daughters that live under a minute count by default, At-217 only with Fr-221, which lives longer.
    assert alone.hits_per_decay == pytest.approx(gone.hits_per_decay, rel=1e-6)


def test_what_cannot_be_is_refused():
    with pytest.raises(InputError, match="alpha"):
        nucleus_hits("Lu-177", CELL, NUCLEUS, "CS")
    with pytest.raises(InputError, match="Bi-212"):
        nucleus_hits("Pb-212", CELL, NUCLEUS, "CS", daughters="prompt")
    with pytest.raises(InputError, match="source"):
        nucleus_hits("Po-213", CELL, NUCLEUS, "membrane", daughters="prompt")
    with pytest.raises(InputError, match="retained_fraction"):
        retained_daughters("Ac-225", 1.5)
    with pytest.raises(InputError, match="Lu-177"):
        retained_daughters("Ac-225", {"Lu-177": 0.5})
    hits = nucleus_hits("Po-213", CELL, NUCLEUS, "CS", daughters="prompt")
    with pytest.raises(InputError, match="z0"):
        hits.survival(10.0, 0.0)
    with pytest.raises(InputError, match="decays"):
        hits.survival(-1.0, 0.5)
