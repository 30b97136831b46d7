"""The public names, used as a user's program would use them.

The type checker reads this file strictly (`make lint`): a public function without annotations, or one that returns
another type than is asserted here, fails there. The tests run the same lines.
"""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_type

import pytest

import ferrotope
from ferrotope.nuclides import ChainLink, Emission
from ferrotope.result import Record

PUBLIC = {
    "FerrotopeError",
    "InputError",
    "Nuclide",
    "Particle",
    "Result",
    "Study",
    "__version__",
    "catalogue",
    "radiobiology",
}
RADIATIONS = ("alpha", "recoil", "beta-", "beta+", "conversion", "auger", "gamma", "x", "annihilation")
RADIOBIOLOGY = ("protraction_factor", "bed", "eqd", "tcp", "geud", "ntcp_lkb", "cem43", "heat_survival")


def test_public_names_are_these() -> None:
    assert set(ferrotope.__all__) == PUBLIC
    assert set(dir(ferrotope)) >= PUBLIC
    for name in PUBLIC:
        assert getattr(ferrotope, name) is not None


@pytest.mark.parametrize("wrong", ["Studdy", "run", "_private"])
def test_any_other_name_is_an_attribute_error(wrong: str) -> None:
    with pytest.raises(AttributeError, match=f"no attribute '{wrong}'"):
        getattr(ferrotope, wrong)


def test_a_study_runs_is_saved_and_explained(tmp_path: Path) -> None:
    study = assert_type(ferrotope.Study.from_catalogue("yang2011-cu64-crgd-spion"), ferrotope.Study)
    result = assert_type(study.run(samples=None, seed=0), ferrotope.Result)
    result.save(tmp_path / "result.nc")
    again = assert_type(ferrotope.Result.load(tmp_path / "result.nc"), ferrotope.Result)
    assert assert_type(again.summary(), str) == result.summary()
    headline = result.headlines[0]
    assert_type(result[headline], Record)
    assert headline in assert_type(again.explain(headline), str)
    assert "@" in assert_type(again.cite(), str)


def test_a_study_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_text('[particle]\ncatalogue = "yang2011-cu64-crgd-spion"\n', encoding="utf-8")
    assert assert_type(ferrotope.Study.from_toml(file).title, str) == ferrotope.Study.from_toml(str(file)).title


def test_a_wrong_study_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(ferrotope.InputError):
        ferrotope.Study.from_toml(tmp_path / "absent.toml")
    assert issubclass(ferrotope.InputError, ferrotope.FerrotopeError)


def test_the_catalogue_lists_its_systems() -> None:
    assert "yang2011-cu64-crgd-spion" in assert_type(ferrotope.catalogue.ids(), list[str])


def test_a_nuclide_tells_its_decay() -> None:
    nuclide = ferrotope.Nuclide("Lu-177")
    assert assert_type(nuclide.half_life, float) > 0
    assert sum(assert_type(nuclide.mean_energy(radiation), float) for radiation in RADIATIONS) > 0
    assert_type(nuclide.chain(), list[ChainLink])
    assert_type(nuclide.emissions(), tuple[Emission, ...])


def test_a_particle_is_made_from_text() -> None:
    core = {"material": "magnetite", "diameter": "10(1) nm", "sigma_g": 1.15}
    assert_type(ferrotope.Particle.model_validate({"core": core}), ferrotope.Particle)


def public_functions() -> Iterator[tuple[str, Any]]:
    """Public functions, and public methods of public classes."""
    for name in RADIOBIOLOGY:
        yield f"radiobiology.{name}", getattr(ferrotope.radiobiology, name)
    yield "catalogue.ids", ferrotope.catalogue.ids
    for kind in (ferrotope.Study, ferrotope.Result, ferrotope.Nuclide, ferrotope.Particle):
        for name, member in vars(kind).items():
            if name.startswith(("_", "model_")):
                continue
            function = getattr(member, "fget", None) or getattr(member, "__func__", member)
            if inspect.isfunction(function):
                yield f"{kind.__name__}.{name}", function


def test_public_functions_are_annotated_and_documented() -> None:
    for name, function in public_functions():
        parameters = inspect.signature(function).parameters
        bare = [key for key in parameters if key not in ("self", "cls") and key not in function.__annotations__]
        assert not bare, f"{name} has no annotation for {bare}"
        assert "return" in function.__annotations__, name
        assert function.__doc__, name
