"""MRI signals against Bloch iteration, extended phase graphs and analytic limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.imaging import mri


def iterate_bloch(steps, start=(0.0, 0.0, 1.0), cycles=4000):
    """Apply the affine steps (matrix, vector) in turn until the magnetisation after the last is steady."""
    M = np.array(start)
    for _ in range(cycles):
        for matrix, vector in steps:
            M = matrix @ M + vector
    return M


def rotation(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]]), np.zeros(3)


def relax(t, R1, R2):
    E1, E2 = np.exp(-t * R1), np.exp(-t * R2)
    return np.diag([E2, E2, E1]), np.array([0, 0, 1 - E1])


SPOIL = (np.diag([0.0, 0.0, 1.0]), np.zeros(3))


def epg_spoiled(T1, T2, TR, angle, increment, pulses=1500):
    """Extended phase graph of RF-spoiled FLASH (Weigel, J Magn Reson Imaging 2015;41:266): |F0| right after the pulse.

    With a quadratic phase increment; states beyond 100 gradient cycles have relaxed.
    """
    E1, E2 = np.exp(-TR / T1), np.exp(-TR / T2)
    n = 300
    plus, minus, Z = (np.zeros(n, complex) for _ in range(3))
    Z[0] = 1.0
    phase = step = 0.0
    c, s = np.cos(angle / 2) ** 2, np.sin(angle / 2) ** 2
    for _ in range(pulses):
        e = np.exp(1j * phase)
        new_plus = c * plus + e**2 * s * minus - 1j * e * np.sin(angle) * Z
        new_minus = np.conj(e) ** 2 * s * plus + c * minus + 1j * np.conj(e) * np.sin(angle) * Z
        Z = -0.5j * np.conj(e) * np.sin(angle) * plus + 0.5j * e * np.sin(angle) * minus + np.cos(angle) * Z
        plus, minus = new_plus, new_minus
        signal = abs(plus[0])
        plus, minus, Z = plus * E2, minus * E2, Z * E1
        Z[0] += 1 - E1
        shifted = np.empty_like(plus)
        shifted[1:], shifted[0] = plus[:-1], np.conj(minus[1])
        minus = np.append(minus[1:], 0)
        plus = shifted
        minus[0] = np.conj(plus[0])
        step += np.deg2rad(increment)
        phase += step
    return signal


def test_spoiled_gradient_echo_reference_value():
    # T1 1000 ms, TR 5 ms, 15 degrees: 0.03319
    assert mri.spoiled_gradient_echo_signal(1.0, 0.0, 5e-3, 0.0, np.deg2rad(15)) == pytest.approx(0.03319, abs=5e-6)


def test_spoiled_gradient_echo_against_bloch_iteration():
    R1, TR, angle = 1 / 0.6, 0.05, 0.5
    M = iterate_bloch([SPOIL, relax(TR, R1, 5.0), SPOIL, rotation(angle)])
    assert np.hypot(M[0], M[1]) == pytest.approx(
        float(mri.spoiled_gradient_echo_signal(R1, 0.0, TR, 0.0, angle)), rel=1e-10
    )


def test_ideal_spoiling_against_extended_phase_graphs():
    # with T2 well below TR the ideal formula is exact; at T2 80 ms RF spoiling at 117 degrees is 5.6 % lower
    ideal = mri.spoiled_gradient_echo_signal(1.0, 0.0, 5e-3, 0.0, np.deg2rad(15))
    assert epg_spoiled(1.0, 2e-3, 5e-3, np.deg2rad(15), 117.0) == pytest.approx(ideal, rel=2e-3)
    assert epg_spoiled(1.0, 80e-3, 5e-3, np.deg2rad(15), 117.0) == pytest.approx(0.03134, abs=5e-5)


def test_iron_brightens_ute_and_darkens_gradient_echo():
    # r1 9.5, r2* 120 1/(mM s), T1 1 s, R2*0 30 1/s, TR 8 ms, 12 degrees:
    # TE 4 ms peaks near 0.5 mM (0.0991) and falls to 0.0160 at 5 mM; TE 0.07 ms rises to 0.1902
    def signal(C, TE):
        return mri.spoiled_gradient_echo_signal(
            mri.relaxation_rate(1.0, 9.5, C), mri.relaxation_rate(30.0, 120.0, C), 8e-3, TE, np.deg2rad(12)
        )

    assert signal(0.5, 4e-3) == pytest.approx(0.0991, abs=5e-5)
    assert signal(5.0, 4e-3) == pytest.approx(0.0160, abs=5e-5)
    assert signal(5.0, 0.07e-3) == pytest.approx(0.1902, abs=5e-5)
    C = np.linspace(0, 5, 1001)
    assert C[signal(C, 4e-3).argmax()] == pytest.approx(0.54, abs=0.01)
    assert (np.diff(signal(C, 0.07e-3)) > 0).all()


@given(R1=st.floats(0.1, 20), TR=st.floats(1e-3, 2.0))
def test_ernst_angle_is_the_maximum(R1, TR):
    best = mri.ernst_angle(R1, TR)
    angles = np.clip(best + np.array([-0.02, 0.0, 0.02]), 1e-6, np.pi - 1e-6)
    signals = mri.spoiled_gradient_echo_signal(R1, 0.0, TR, 0.0, angles)
    assert signals.argmax() == 1
    # at the maximum S = tan(a/2)
    assert signals[1] == pytest.approx(np.tan(best / 2), rel=1e-9)


def test_spin_echo_against_bloch_iteration():
    R1, R2, TR, TE = 1 / 0.8, 1 / 0.05, 0.7, 0.04
    steps = [
        rotation(np.pi / 2),
        relax(TE / 2, R1, R2),
        (np.diag([1.0, -1.0, -1.0]), np.zeros(3)),  # 180 degrees about x
        relax(TE / 2, R1, R2),
    ]
    M = (0, 0, 1.0)
    for _ in range(50):
        at_echo = iterate_bloch(steps, M, cycles=1)
        M = iterate_bloch([relax(TR - TE, R1, R2), SPOIL], at_echo, cycles=1)
    assert np.hypot(at_echo[0], at_echo[1]) == pytest.approx(float(mri.spin_echo_signal(R1, R2, TR, TE)), rel=1e-10)


def test_spin_echo_long_repetition_is_pure_decay():
    assert mri.spin_echo_signal(1.0, 20.0, 60.0, 0.03) == pytest.approx(np.exp(-0.6), rel=1e-12)


def test_bssfp_against_bloch_iteration():
    R1, R2, TR, angle = 1.0, 10.0, 6e-3, 0.6
    # alternating pulses are the same as a 180 degree rotation about z in each interval
    flip = (np.diag([-1.0, -1.0, 1.0]), np.zeros(3))
    M = iterate_bloch([relax(TR, R1, R2), flip, rotation(angle)])
    # M is right after the pulse; the signal is read half a TR later
    after = np.hypot(M[0], M[1]) * np.exp(-TR / 2 * R2)
    assert after == pytest.approx(float(mri.bssfp_signal(R1, R2, TR, angle)), rel=1e-9)


def test_bssfp_large_T1_limit():
    # TR << T1, T2 at T1 = T2 and 90 degrees: one half of the equilibrium magnetisation (Scheffler and Lehnhardt 2003)
    assert mri.bssfp_signal(1.0, 1.0, 1e-5, np.pi / 2) == pytest.approx(0.5, rel=1e-4)


@given(C=st.floats(0, 50), TE=st.floats(1e-5, 0.1), r=st.floats(0.1, 500))
def test_signal_loss_and_saturation_concentration_agree(C, TE, r):
    loss = mri.transverse_signal_loss(TE, r, C)
    assert 0 <= loss <= 1
    limit = mri.r2star_saturation_concentration(TE, r)
    assert mri.transverse_signal_loss(TE, r, limit) == pytest.approx(1 - np.exp(-1), rel=1e-9)
    assert (loss > 1 - np.exp(-1)) == (limit * (1 + 1e-12) < C) or pytest.approx(limit) == C


def test_iron_concentration_of_a_milligram_per_gram():
    # 1 mg Fe in 1 g of tissue of 1.05 g/mL: 17.907 umol in 0.9524 mL
    assert mri.iron_concentration(1e-3, 1050.0) == pytest.approx(17.9067e-6 / 0.95238e-6, rel=1e-4)


def test_liver_iron_calibration():
    # R2* 100 1/s: 2.742 mg/g dry
    assert mri.liver_iron_from_r2star(100.0) == pytest.approx(2.742e-3, rel=1e-12)


def test_contrast_and_change():
    assert mri.relative_signal_change([0.5, 1.0], 1.0) == pytest.approx([-0.5, 0.0])
    assert mri.contrast_to_noise_ratio(0.5, 1.0, 0.02) == pytest.approx(-25.0)


def test_sphere_field_against_the_dipole_kernel():
    # second method: multiply the spectrum of a voxelised sphere by 1/3 - kz^2/k^2
    n, R, chi = 96, 12.0, 1e-6
    x = np.arange(n) - n // 2
    X, Y, Z = np.meshgrid(x, x, x, indexing="ij")
    r = np.sqrt(X**2 + Y**2 + Z**2)
    sphere = chi * np.clip(R + 0.5 - r, 0, 1)
    k = np.fft.fftfreq(n)
    KX, KY, KZ = np.meshgrid(k, k, k, indexing="ij")
    k2 = KX**2 + KY**2 + KZ**2
    kernel = np.where(k2 > 0, 1 / 3 - KZ**2 / np.where(k2 > 0, k2, 1), 0)
    field = np.fft.ifftn(np.fft.fftn(sphere) * kernel).real
    theta = np.arccos(np.divide(Z, r, out=np.ones_like(r), where=r > 0))
    shell = (r > 16) & (r < 26)
    expected = mri.sphere_field_shift(r, theta, R, chi)
    assert np.abs(field - expected)[shell].max() < 0.03 * np.abs(expected[shell]).max()
    assert np.abs(field[r < 9]).max() < 0.02 * chi
    assert expected[n // 2, n // 2, n // 2] == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: mri.spoiled_gradient_echo_signal(-1.0, 0.0, 5e-3, 0.0, 0.3),
        lambda: mri.spoiled_gradient_echo_signal(1.0, 0.0, 0.0, 0.0, 0.3),
        lambda: mri.iron_concentration(1e-3, -1.0),
        lambda: mri.relaxation_rate(1.0, np.nan, 1.0),
        lambda: mri.relative_signal_change(1.0, 0.0),
    ],
)
def test_refuses_impossible_input(call):
    with pytest.raises(InputError):
        call()


def test_broadcasts():
    C = np.linspace(0, 1, 5)
    S = mri.spoiled_gradient_echo_signal(1 + 9.5 * C[:, None], 30 + 120 * C[:, None], 8e-3, np.array([1e-3, 4e-3]), 0.2)
    assert S.shape == (5, 2)
