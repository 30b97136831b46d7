"""Names in, nuclides or helpful errors out."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferrotope.errors import InputError
from ferrotope.nuclides import Nuclide, is_stable, known_nuclides, parse_name


@pytest.mark.parametrize("text", ["Lu-177", "177Lu", "Lu177", "lu-177", " LU 177 ", "177-Lu", "¹⁷⁷Lu", "Lu\u2013177"])
def test_spellings(text):
    assert Nuclide(text).name == "Lu-177"


@pytest.mark.parametrize("text", ["Tc-99m", "99mTc", "Tc99m", "tc-99M", "⁹⁹ᵐTc", "Tc-99m1", "99m-Tc"])
def test_spellings_of_an_isomer(text):
    assert Nuclide(text).name == "Tc-99m"


def test_symbols_that_begin_with_m_are_no_isomers():
    assert parse_name("52Mn") == "Mn-52"
    assert parse_name("52mMn") == "Mn-52m"
    assert parse_name("99Mo") == "Mo-99"
    assert parse_name("89mY") == "Y-89m"
    assert parse_name("131I") == "I-131"


def test_properties_and_value_semantics():
    nuclide = Nuclide("166mHo")
    assert (nuclide.symbol, nuclide.mass_number, nuclide.atomic_number) == ("Ho", 166, 67)
    assert nuclide == Nuclide("Ho-166m") != Nuclide("Ho-166")
    assert len({nuclide, Nuclide("Ho-166m")}) == 1
    assert pickle.loads(pickle.dumps(nuclide)) == nuclide
    assert str(nuclide) == "Ho-166m"
    with pytest.raises(AttributeError):
        nuclide.name = "Lu-177"


def test_stable_nuclide_is_said_to_be_stable():
    with pytest.raises(InputError, match="Fe-56 is stable: it has no activity") as caught:
        Nuclide("Fe-56")
    assert "Fe-59" in str(caught.value)
    assert not is_stable("Fe-59")
    assert not is_stable("K-40")


def test_unknown_nuclide_names_those_of_the_element():
    with pytest.raises(InputError, match="Lu-178 are not shipped") as caught:
        Nuclide("Lu-178")
    assert "Lu-177, Lu-177m" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "lutetium", "Lu", "177", "Xx-12", "H-0", "Fe-12", "Lu-177-", "Lu-1777", None, 177]
)
def test_nonsense_is_an_input_error(text):
    with pytest.raises(InputError, match="not the name of a nuclide"):
        Nuclide(text)


@given(st.text(max_size=12))
def test_any_text_gives_a_name_or_an_input_error(text):
    try:
        name = parse_name(text)
    except InputError:
        return
    assert parse_name(name) == name


def test_every_known_nuclide_is_unstable_and_reads_back():
    for name in known_nuclides():
        assert Nuclide(name).name == name
        assert not is_stable(name)
        symbol, number = name.split("-")
        assert parse_name(f"{number}{symbol}") == name
