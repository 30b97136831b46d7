"""Which daughters count with a nuclide, and how often each decays per decay of the parent."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ferrotope.errors import InputError, nearest
from ferrotope.nuclides.names import parse_name
from ferrotope.nuclides.nuclide import Nuclide
from ferrotope.units.checks import not_negative

__all__ = ["LINGERING", "PROMPT_HALF_LIFE", "chain_weights"]

# A daughter that lives less (s) decays where and when its parent did, for any purpose of dosimetry.
PROMPT_HALF_LIFE = 60.0
# A daughter that lives longer than this many half-lives of the first nuclide is in no equilibrium with it.
LINGERING = 10.0


def chain_weights(nuclide: Nuclide | str, daughters: str | Mapping[str, float] | None = None) -> dict[str, float]:
    """Decays of a nuclide and of the daughters that count with it, per decay of the nuclide.

    Parameters
    ----------
    nuclide : Nuclide or str
        The parent.
    daughters : str or mapping of str to float, optional
        "prompt": the parent with what lives less than 60 s after it, as Y-89m after Zr-89.
        "equilibrium": all daughters that live at most ten half-lives of the parent, each with all the decays that
        follow from one of the parent.
        A mapping: decays per decay of the parent, by name of daughter; what lives less than 60 s follows the parent and
        the named daughters unless it is named itself.
        "prompt" where it is left out, which is refused where the other daughters of "equilibrium" would add 1 % or more
        to the emitted energy, of all radiations or of the charged ones.

    Returns
    -------
    dict of str to float
        Decays per decay of the parent, the parent (1) first, then the daughters in the order of the chain.

    Raises
    ------
    InputError
        If daughters that live longer matter and nothing is chosen, the choice is none of these, a name is no
        radioactive daughter, or a number is negative or not finite.

    Notes
    -----
    "equilibrium" counts what decays over all time in a place that keeps the chain; it is the activity ratio at any
    moment only where the parent lives much longer. Long-lived daughters such as Bi-207 (32 y) after At-211 are left out
    by it and count only when they are named.

    Examples
    --------
    >>> chain_weights("Zr-89")
    {'Zr-89': 1.0, 'Y-89m': 0.9987719}
    >>> chain_weights("Ac-225", {"Fr-221": 1.0, "Bi-213": 0.5})["Po-213"]
    0.48955
    """
    parent = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    prompt = _followed(parent, {}, PROMPT_HALF_LIFE)
    whole = _followed(parent, {}, max(LINGERING * parent.half_life, PROMPT_HALF_LIFE))
    if daughters is None:
        if np.any(_energies(whole) > 1.01 * _energies(prompt)):
            raise InputError(
                f"{parent.name} has daughters that live longer than a minute ({_listed(whole, prompt)}): what becomes "
                "of them is a choice",
                field="daughters",
                allowed="'prompt' (without them), 'equilibrium' (all that follow the parent's decays), or a mapping of "
                "daughters to decays per decay of the parent",
            )
        return prompt
    if isinstance(daughters, Mapping):
        return _followed(parent, _named(parent, daughters), PROMPT_HALF_LIFE)
    if daughters not in ("prompt", "equilibrium"):
        raise InputError(
            "this treatment of daughters is not known",
            field="daughters",
            value=daughters,
            allowed="'prompt', 'equilibrium', or a mapping of daughters to decays per decay of the parent",
        )
    return prompt if daughters == "prompt" else whole


def _followed(parent: Nuclide, named: Mapping[str, float], longest: float) -> dict[str, float]:
    """Decays of the parent, of named daughters and of those that live less than a time (s) after any of these."""
    weights = {parent.name: 1.0}
    links = parent.chain()
    for member in parent.members()[1:]:
        fed = sum(link.branching * weights.get(link.parent, 0.0) for link in links if link.nuclide == member.name)
        if member.name in named:
            weights[member.name] = named[member.name]
        elif member.half_life <= longest and fed > 0.0:
            weights[member.name] = fed
    return weights


def _energies(weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Energy per decay of the parent (J): of all radiations, and of charged particles."""
    total = np.zeros(2)
    for name, decays in weights.items():
        energies = Nuclide(name).mean_energies()
        photons = energies["gamma"] + energies["x"] + energies["annihilation"]
        every = sum(energies.values())
        total += decays * np.array([every, every - photons])
    return total


def _named(parent: Nuclide, daughters: Mapping[str, float]) -> dict[str, float]:
    known = [member.name for member in parent.members()[1:]]
    named: dict[str, float] = {}
    for text, decays in daughters.items():
        name = parse_name(text)
        if name not in known:
            raise InputError(
                f"{name} is no radioactive daughter of {parent.name}",
                field="daughters",
                value=text,
                remedy=nearest(name, known) if known else "it has none",
            )
        if name in named:
            raise InputError(f"{name} stands among the daughters twice", field="daughters", value=text)
        named[name] = float(not_negative(f"daughters.{name}", decays, "decays per decay of the parent"))
    return named


def _listed(whole: Mapping[str, float], prompt: Mapping[str, float]) -> str:
    names = [name for name in whole if name not in prompt]
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
