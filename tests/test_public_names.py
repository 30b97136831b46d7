"""The public names of the domain rooms: a change here is a change of the interface."""

import inspect
from importlib import import_module

import pytest

NAMES = {
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
