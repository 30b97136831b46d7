"""Injected amounts, events and their checks."""

import pytest

from ferrotope.errors import InputError
from ferrotope.protocol import Heating, Image, Protocol
from ferrotope.units.fields import to_value

MOUSE = to_value("20 g", "kg", positive=True)


@pytest.mark.parametrize(
    ("given", "activity", "iron"),
    [
        ({"administered_activity": "5 MBq", "iron_dose": "0.1 mg"}, 5e6, 1e-7),
        ({"administered_activity": "5 MBq", "iron_dose": "5 mg/kg"}, 5e6, 1e-7),
        ({"activity_per_iron": "50 MBq/mg", "iron_dose": "5 mg/kg"}, 5e6, 1e-7),
        ({"activity_per_iron": "50 MBq/mg", "administered_activity": "5 MBq"}, 5e6, 1e-7),
        ({"administered_activity": "5 MBq"}, 5e6, None),
        ({}, None, None),
    ],
)
def test_any_two_amounts_give_the_third(given, activity, iron):
    found = Protocol(**given).doses(MOUSE)
    assert found == (pytest.approx(activity) if activity else None, pytest.approx(iron) if iron else None)


def test_three_amounts_must_agree_within_5_percent():
    given = {"administered_activity": "5 MBq", "iron_dose": "5 mg/kg"}
    Protocol(**given, activity_per_iron="52 MBq/mg").check(MOUSE)
    with pytest.raises(InputError, match="contradict"):
        Protocol(**given, activity_per_iron="60 MBq/mg").check(MOUSE)


def test_a_flux_density_is_taken_as_h():
    heating = Heating(start="24 h", duration="30 min", H="20 mT", f="300 kHz")
    assert heating.H.number == pytest.approx(15915.5, rel=1e-4)
    assert "converted" in heating.H.note


@pytest.mark.parametrize(
    ("noun", "given", "said"),
    [
        (Image, {"modality": "MRI", "time": "1 h"}, "sequence"),
        (
            Image,
            {
                "modality": "MRI",
                "time": "1 h",
                "sequence": "GRE",
                "B0": "3 T",
                "TE": "10 ms",
                "TR": "5 ms",
                "flip_angle": "30 deg",
            },
            "shorter",
        ),
        (
            Image,
            {"modality": "MRI", "time": "1 h", "sequence": "GRE", "B0": "3 T", "TE": "5 ms", "TR": "9 ms"},
            "needs flip_angle",
        ),
        (Image, {"modality": "PET", "time": "1 h", "noise": 0.1}, "noise belongs to MRI"),
        (Image, {"modality": "MRI", "time": "1 h", "duration": "1 h"}, "duration belongs to PET"),
        (Image, {"modality": "PET", "time": "1 h", "TE": "5 ms"}, "TE belongs to MRI"),
        (Image, {"modality": "PET", "time": "-1 h"}, "out of range"),
        (Image, {"modality": "XRAY", "time": "1 h"}, "MRI"),
        (Heating, {"start": "0 h", "duration": "0 h", "H": "1 kA/m", "f": "1 kHz"}, "positive"),
        (Protocol, {"route": "intratumoural"}, "retained_fraction"),
        (Protocol, {"retained_fraction": "0.5"}, "intratumoural"),
    ],
)
def test_events_are_checked(noun, given, said):
    with pytest.raises(ValueError, match=said):
        noun(**given)
