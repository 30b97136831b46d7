"""The public names of the domain rooms: a change here is a change of the interface."""

import inspect
from importlib import import_module

import pytest

NAMES = {
    "curves": """Curve ExponentialFit Exponentials fit_exponentials""",
    "dosimetry": """CellSValues ClusterDose DoseVolume Doses Extrapolation LOCAL_EQUILIBRIUM Link Medium Member
        NucleusHits PointKernel VoxelDose VoxelSValues absorbed_dose absorbed_energy activity_weights
        alpha_absorbed_fraction alpha_csda_range beta_energy_spectrum cell_cluster_dose cell_s_values
        chord_weight cole_range constant_let_absorbed_fraction daughter_activity dose_rate dose_rate_curves
        dose_volume electron_absorbed_fraction electron_csda_range electron_energy_from_range emitted_energy
        extrapolate_to_human family fermi_function grown_activities integrate_curve line_spectrum
        mass_attenuation_coefficient mass_energy_absorption_coefficient mass_energy_transfer_coefficient
        mass_scaled_s_value medium members_of_chain metabolic_time nucleus_hits organ_s_values
        partial_attenuation_coefficients photon_absorbed_fraction point_kernel point_kernel_absorbed_fraction
        recoil_range relative_mass_coefficient retained_daughters s_value scaled_point_kernel self_absorption
        self_doses sphere_absorption sphere_mass sphere_radius sphere_s_value straight_track_electron_absorbed_fraction
        voxel_dose voxel_s_values""",
    "dosimetry.transport": """Ball Point Radiation Shells Transport VoxelMap Voxels emitted_radiations simulate""",
    "nuclides": """BetaSpectrum ChainLink Decayed Emission Nuclide RADIATIONS chain_energies chain_weights
        cumulated_decays decay is_stable known_nuclides parse_name""",
    "magnetism": """Magnetism langevin respond ac_susceptibility brownian_time neel_time neel_time_in_field
        magnetisation_curve HeatingPower Loop Medium StochasticLoop best_core_diameter dynamic_loop harmonic_spectrum
        heating_power point_spread power_map response_to_field stochastic_loop write_mdf""",
    "relaxometry": """CLUSTERS Relaxivities SimulatedRelaxation periodic_cell_deficit r2_echo_train
        r2_motional_averaging
        r2_partial_refocusing r2_spin_echo r2star_dephasing r2star_static_dephasing random_cluster relaxivities roch
        simulate_r2 water_diffusion""",
}


@pytest.mark.parametrize("room", NAMES)
def test_names_are_these(room):
    module = import_module(f"ferrotope.{room}")
    assert set(module.__all__) == set(NAMES[room].split())
    assert set(dir(module)) >= set(module.__all__)
    for name in module.__all__:
        member = getattr(module, name)
        assert inspect.getdoc(member)
        if inspect.isfunction(member):
            assert "Returns" in member.__doc__ or "Return " in member.__doc__, name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'heat'"):
        import_module("ferrotope.magnetism").heat
