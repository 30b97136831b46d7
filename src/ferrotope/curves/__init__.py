"""Curves of activity and iron against time: what the domains hand to each other."""

from __future__ import annotations

from ferrotope.curves.curve import Curve
from ferrotope.curves.exponential_fit import ExponentialFit, fit_exponentials
from ferrotope.curves.exponentials import Exponentials

__all__ = ["Curve", "ExponentialFit", "Exponentials", "fit_exponentials"]
