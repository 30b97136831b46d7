"""The shipped tables of tissues and scanners."""

import numpy as np
import pytest

from ferrotope.errors import InputError
from ferrotope.imaging import scanners, tissues

FIELDS = (1.5, 3.0, 4.7, 7.0, 9.4)


@pytest.mark.parametrize("tissue", tissues.relaxation_tissues())
def test_times_are_ordered_and_follow_the_field(tissue):
    rows = [tissues.tissue_relaxation(tissue, field) for field in FIELDS]
    for row in rows:
        assert row.T1.value > row.T2.value > row.T2star.value > 0
        assert not row.extrapolated
    assert (np.diff([row.T1.value for row in rows]) > 0).all()
    assert (np.diff([row.T2.value for row in rows]) < 0).all()
    assert (np.diff([row.T2star.value for row in rows]) < 0).all()


def test_wanted_tissues_are_there():
    assert {"tumour", "liver", "spleen", "blood", "muscle", "kidneys"} <= set(tissues.relaxation_tissues())


def test_values_of_de_bazelaire_at_3_T():
    # doi:10.1148/radiol.2303021331, abstract
    for tissue, T1, T2 in (("liver", 0.809, 0.034), ("spleen", 1.328, 0.061), ("kidneys", 1.142, 0.076)):
        row = tissues.tissue_relaxation(tissue, 3.0)
        assert (row.T1.value, row.T2.value) == pytest.approx((T1, T2))
        assert row.T1.kind == row.T2.kind == "measured"
        assert row.T1.sources == ("doi:10.1148/radiol.2303021331",)


def test_liver_r2star_in_healthy_volunteers():
    # doi:10.1038/s41598-020-74968-z, abstract: 28.72 +/- 2.69 1/s at 1.5 T
    T2star = tissues.tissue_relaxation("liver", 1.5).T2star
    assert 1 / T2star.value == pytest.approx(28.72, abs=0.05)
    assert T2star.standard_deviation / T2star.value == pytest.approx(2.69 / 28.72, rel=0.02)


def test_blood_between_3_and_7_T_agrees_with_the_linear_law():
    # doi:10.1002/mrm.24550: T1 of blood is linear in B0; the power law differs by less than 3 % between the data
    linear = 1.664 + (2.1 - 1.664) * (4.7 - 3) / (7 - 3)
    assert tissues.tissue_relaxation("blood", 4.7).T1.value == pytest.approx(linear, rel=0.03)


def test_interpolation_is_a_power_law_and_never_measured():
    row = tissues.tissue_relaxation("blood", np.sqrt(3 * 7))
    assert row.T1.value == pytest.approx(np.sqrt(1.664 * 2.1))
    assert row.T1.kind == "assumed"
    assert "interpolated" in row.T1.remark


@pytest.mark.parametrize("field", [0.5, 11.7])
def test_extrapolation_is_flagged_and_doubted(field):
    row = tissues.tissue_relaxation("liver", field)
    edge = tissues.tissue_relaxation("liver", 1.5 if field < 1.5 else 9.4)
    assert row.extrapolated
    assert "extrapolated" in row.T1.remark
    assert row.T1.standard_deviation / row.T1.value > edge.T1.standard_deviation / edge.T1.value


def test_unknown_tissue_and_field():
    with pytest.raises(InputError, match="liver"):
        tissues.tissue_relaxation("livver", 3.0)
    with pytest.raises(InputError):
        tissues.tissue_relaxation("liver", 0.0)


def test_every_measured_entry_names_its_source():
    for entries in tissues._table().values():
        for entry in entries:
            for value in (entry.T1, entry.T2, entry.T2star):
                assert value.kind in ("measured", "assumed")
                assert value.source and value.where if value.kind == "measured" else value.note


@pytest.mark.parametrize("name", scanners.scanner_names())
def test_scanner_numbers_have_sources(name):
    scanner = scanners.scanner(name)
    for value in (scanner.resolution, scanner.sensitivity, scanner.transmission):
        assert value.source if value.kind in ("measured", "predicted") else value.note


def test_derived_sensitivities():
    # mCT Flow, doi:10.1186/s40658-015-0132-1: 9.6 kcps/MBq on a 700 mm line, 221 mm axial field, F-18 with 0.967
    # positrons
    mct = scanners.scanner("biograph-mct-flow").sensitivity.number
    assert mct == pytest.approx(0.0096 * 700 / 221 / 0.967, rel=2e-3)
    # Inveon SPECT, doi:10.1007/s00259-010-1683-y: 35.3 cps/MBq, and the abstract's own 4e-3 % per photon
    inveon = scanners.scanner("inveon-spect").sensitivity.number
    assert inveon == pytest.approx(35.3e-6 / 0.885, rel=1e-3)
    assert inveon == pytest.approx(4e-5, rel=0.01)
    assert scanners.scanner("u-spect6").sensitivity.number == pytest.approx(2370e-6 / 0.885, rel=2e-3)
    assert scanners.scanner("symbia-lehr").sensitivity.number == pytest.approx(2 * 202 / 60 / 37e3 / 0.885, rel=2e-3)
    # Inveon PET: cube root of 5.43 mm3
    assert scanners.scanner("inveon-pet").resolution.number == pytest.approx(5.43 ** (1 / 3) * 1e-3, rel=5e-3)


def test_default_scanner_fits_the_subject():
    for modality in ("PET", "SPECT"):
        for mass, word in ((0.02, "mouse"), (70.0, "human")):
            chosen = scanners.scanner(scanners.default_scanner(modality, mass))
            assert chosen.modality == modality
            assert word in chosen.subjects
    with pytest.raises(InputError):
        scanners.default_scanner("CT", 70.0)
    with pytest.raises(InputError, match="inveon-pet"):
        scanners.scanner("inveon_pet")
