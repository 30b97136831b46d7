"""The choice of daughters: which count with a nuclide, and how often."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide, chain_weights, cumulated_decays, known_nuclides

LIVES_ON = [
    "Ac-225",
    "Ra-223",
    "Th-227",
    "Pb-212",
    "Bi-213",
    "Ra-224",
    "Th-228",
    "Mo-99",
    "W-188",
    "Dy-166",
    "Ge-68",
    "Sr-90",
]
ALONE = ["Lu-177", "Y-90", "F-18", "Cu-64", "Zr-89", "Tc-99m", "At-211", "In-111", "I-131", "Tm-167"]


def test_what_lives_under_a_minute_is_always_added():
    assert chain_weights("Zr-89", "prompt") == {"Zr-89": 1.0, "Y-89m": 0.9987719}
    assert chain_weights("Bi-213", "prompt") == {"Bi-213": 1.0, "Po-213": 0.9791}
    assert chain_weights("Ra-223", "prompt") == {"Ra-223": 1.0, "Rn-219": 1.0, "Po-215": 1.0}
    assert chain_weights("Ac-225", "prompt") == {"Ac-225": 1.0}


def test_equilibrium_is_all_decays_that_follow():
    # ENSDF 2023 and doi:10.1016/S1001-8042(07)60058-X: 2.09 % of Bi-213 by alpha.
    found = chain_weights("Ac-225", "equilibrium")
    assert list(found) == ["Ac-225", "Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209"]
    assert found["Tl-209"] == pytest.approx(0.0209)
    assert found["Pb-209"] == pytest.approx(1.0)
    for parent in LIVES_ON:
        decays = cumulated_decays({parent: 1.0})
        for name, share in chain_weights(parent, "equilibrium").items():
            assert share == pytest.approx(float(decays[name] / decays[parent]), rel=1e-9), (parent, name)


def test_long_lived_daughters_are_in_no_equilibrium():
    assert "Bi-207" not in chain_weights("At-211", "equilibrium")
    assert "Tc-99" not in chain_weights("Mo-99", "equilibrium")
    assert chain_weights("At-211", {"Bi-207": 1e-4})["Bi-207"] == 1e-4


def test_named_daughters_bring_what_follows_at_once():
    found = chain_weights("Ac-225", {"Fr-221": 1.0, "213Bi": 0.5})
    assert found == pytest.approx({"Ac-225": 1.0, "Fr-221": 1.0, "At-217": 1.0, "Bi-213": 0.5, "Po-213": 0.5 * 0.9791})
    assert chain_weights("Ac-225", {"Fr-221": 1.0, "At-217": 0.2})["At-217"] == 0.2
    assert chain_weights("Zr-89", {"Y-89m": 0.0})["Y-89m"] == 0.0
    assert chain_weights("Ac-225", {}) == {"Ac-225": 1.0}
    assert chain_weights("Ra-223", {})["Po-215"] == 1.0


@pytest.mark.parametrize("name", LIVES_ON)
def test_there_is_no_default_where_daughters_matter(name):
    with pytest.raises(InputError, match=r"'prompt'.*'equilibrium'.*mapping"):
        chain_weights(name)


@pytest.mark.parametrize("name", ALONE)
def test_default_where_they_do_not(name):
    assert chain_weights(name) == chain_weights(name, "prompt")


@given(st.sampled_from(known_nuclides()), st.sampled_from(["prompt", "equilibrium"]))
def test_weights_are_fractions_and_the_parent_comes_first(name, choice):
    weights = chain_weights(Nuclide(name), choice)
    assert next(iter(weights.items())) == (name, 1.0)
    assert all(0 < share <= 1 + 1e-9 for share in weights.values())
    assert set(weights) <= {member.name for member in Nuclide(name).members()}
    assert set(chain_weights(name, "prompt")) <= set(chain_weights(name, "equilibrium"))


@pytest.mark.parametrize(
    ("name", "daughters", "message"),
    [
        ("Ac-225", "equilib", "not known"),
        ("Ac-225", {"Ra-223": 1.0}, "no radioactive daughter of Ac-225"),
        ("Ac-225", {"Bi-209": 1.0}, "no radioactive daughter of Ac-225"),
        ("Ac-225", {"Ac-225": 1.0}, "no radioactive daughter of Ac-225"),
        ("Lu-177", {"Hf-177": 1.0}, "it has none|It has none"),
        ("Ac-225", {"Bi-213": -0.1}, "daughters.Bi-213"),
        ("Ac-225", {"Bi-213": math.nan}, "daughters.Bi-213"),
        ("Ac-225", {"Bi-213": 0.1, "213Bi": 0.2}, "twice"),
        ("Fe-56", "prompt", "stable"),
        ("Lu-178", "prompt", "not shipped"),
    ],
)
def test_bad_input(name, daughters, message):
    with pytest.raises(InputError, match=message):
        chain_weights(name, daughters)
