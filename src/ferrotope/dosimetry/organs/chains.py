"""The decay chain of a label in an organ: how many decays of each daughter follow, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ferrotope.curves import Curve, Exponentials
from ferrotope.dosimetry.organs.daughters import daughter_activity
from ferrotope.dosimetry.spheres.decay_energy import Link
from ferrotope.errors import InputError, nearest

__all__ = ["LINGERING", "Member", "activity_weights", "dose_rate_curves", "grown_activities", "members_of_chain"]

# A daughter whose half-life is below this share of its parent's follows it at every moment.
PROMPT = 0.02
# A daughter that outlives all its ancestors by more than this factor is left out: no organ surely holds it that long.
LINGERING = 10.0


@dataclass(frozen=True)
class Member:
    """One nuclide of the chain as it decays in the organ.

    Attributes
    ----------
    name : str
        Nuclide.
    half_life : float
        In s.
    decays : float
        Decays in the organ per decay of the label there, to infinite time.
    feeds : tuple of (str, float)
        Parents, and the daughter atoms that stay in the organ per decay of each.
    """

    name: str
    half_life: float
    decays: float
    feeds: tuple[tuple[str, float], ...]


def members_of_chain(
    links: Sequence[Link], retained_fraction: Mapping[str, float]
) -> tuple[tuple[Member, ...], tuple[Member, ...]]:
    """Follow a chain through an organ that keeps a fraction of each daughter.

    Parameters
    ----------
    links : sequence of Link
        The chain, parents before daughters, the label first.
    retained_fraction : mapping of str to float
        Fraction of the newly formed atoms of a daughter that stay until they decay; 1 where none is given.

    Returns
    -------
    members : tuple of Member
        What decays in the organ.
    lingering : tuple of Member
        Daughters left out because they live more than ten times longer than all before them, and what follows them.

    Raises
    ------
    InputError
        If a fraction is not between 0 and 1 or belongs to no daughter.
    """
    daughters = [link.name for link in links[1:]]
    for name, fraction in retained_fraction.items():
        if name not in daughters:
            raise InputError(
                f"{name} is not a daughter of {links[0].name}", field="daughters", remedy=nearest(name, daughters)
            )
        if not 0 <= fraction <= 1:
            raise InputError(
                f"the retained fraction of {name} is no fraction", field="daughters", value=fraction, allowed="0 to 1"
            )
    counted: dict[str, Member] = {links[0].name: Member(links[0].name, links[0].half_life, 1.0, ())}
    left_out: dict[str, Member] = {}
    longest = links[0].half_life
    for link in links[1:]:
        keep = retained_fraction.get(link.name, 1.0)
        known = {**counted, **left_out}
        feeds = tuple((parent, branching * keep) for parent, branching in link.parents if parent in known)
        decays = sum(share * known[parent].decays for parent, share in feeds)
        member = Member(link.name, link.half_life, decays, feeds)
        late = link.half_life > LINGERING * longest or all(parent in left_out for parent, _ in feeds)
        if late:
            left_out[link.name] = member
        else:
            counted[link.name] = member
            longest = max(longest, link.half_life)
    return tuple(counted.values()), tuple(left_out.values())


def activity_weights(members: Sequence[Member]) -> dict[str, dict[str, float]]:
    """Express every member's activity by those of the label and of the daughters that lag.

    A daughter with a half-life below 2 % of that of what feeds it follows at every moment; any other lags, and stands
    for itself.

    Parameters
    ----------
    members : sequence of Member
        From `members_of_chain`, parents first.

    Returns
    -------
    dict of str to dict of str to float
        For each member, the lagging nuclides with their factors.
    """
    half_life = {member.name: member.half_life for member in members}
    weights: dict[str, dict[str, float]] = {}
    for member in members:
        feed: dict[str, float] = {}
        for parent, share in member.feeds:
            for slow, factor in weights[parent].items():
                feed[slow] = feed.get(slow, 0.0) + share * factor
        prompt = bool(feed) and member.half_life < PROMPT * min(half_life[slow] for slow in feed)
        weights[member.name] = feed if prompt else {member.name: 1.0}
    return weights


def grown_activities(
    members: Sequence[Member], weights: Mapping[str, Mapping[str, float]], curves: Sequence[Curve | Exponentials]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Activities of the label and of the daughters that lag, in several organs on common times.

    Parameters
    ----------
    members : sequence of Member
        From `members_of_chain`.
    weights : mapping
        From `activity_weights`.
    curves : sequence of Curve
        Activity of the label (Bq), one an organ.

    Returns
    -------
    time : array, shape (n,)
        Times (s).
    activity : dict of str to array, shape (organs, n)
        Activities (Bq) by nuclide.
    """
    lagging = [member for member in members if member.name in weights[member.name]]
    time = _grid([member.half_life for member in lagging], curves)
    activity = {members[0].name: np.array([curve.value(time) for curve in curves])}
    for member in lagging[1:]:
        feed = np.zeros((len(curves), time.size))
        for parent, share in member.feeds:
            for slow, weight in weights[parent].items():
                feed += share * weight * activity[slow]
        activity[member.name] = daughter_activity(time, feed, member.half_life, 1.0)
    return time, activity


def dose_rate_curves(
    members: Sequence[Member],
    weights: Mapping[str, Mapping[str, float]],
    s_values: Mapping[str, np.ndarray],
    curves: Sequence[Curve | Exponentials],
    grown: tuple[np.ndarray, Mapping[str, np.ndarray]] | None = None,
) -> list[Curve | Exponentials]:
    """Dose rates of organs from the activity of the label and the growth of its daughters.

    Parameters
    ----------
    members : sequence of Member
        From `members_of_chain`.
    weights : mapping
        From `activity_weights`.
    s_values : mapping of str to array, shape (organs,)
        S of each member (Gy/(Bq s)).
    curves : sequence of Curve
        Activity of the label (Bq), one an organ.
    grown : tuple, optional
        From `grown_activities`, where they are known already.

    Returns
    -------
    list of Curve or Exponentials
        Dose rates (Gy/s), one an organ.
    """
    factor: dict[str, np.ndarray] = {}
    for member in members:
        for slow, weight in weights[member.name].items():
            factor[slow] = factor.get(slow, 0.0) + weight * s_values[member.name]
    label = members[0].name
    if set(factor) == {label}:
        scales = factor[label]
        return [curve.scaled(float(scale), unit="Gy/s") for curve, scale in zip(curves, scales, strict=True)]
    time, activity = grown if grown is not None else grown_activities(members, weights, curves)
    rates = sum(factor[slow][:, None] * activity[slow] for slow in factor)
    longest = max(member.half_life for member in members if member.name in factor)
    tail = float(np.log(2.0) / longest)
    return [
        Curve(time, rate, unit="Gy/s", name=curve.name, tail_rate=tail)
        for rate, curve in zip(rates, curves, strict=True)
    ]


def _grid(half_lives: Sequence[float], curves: Sequence[Curve | Exponentials]) -> np.ndarray:
    """Times that resolve the shortest half-life, reach twelve of the longest, and hold the samples of the curves."""
    samples = [np.asarray(getattr(curve, "times", np.zeros(1))) for curve in curves]
    steps = np.concatenate([[0.0], np.geomspace(1e-3 * min(half_lives), 12.0 * max(half_lives), 160)])
    starts = {float(times[0]) for times in samples}
    return np.unique(np.concatenate([*samples, *(start + steps for start in starts)]))
