"""Compilation of hot loops by Numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["kernel"]


def kernel(function: Callable[..., Any] | None = None, *, parallel: bool = False, fastmath: bool = False) -> Any:
    """Compile a function at its first call and keep the machine code for the next process.

    Parameters
    ----------
    function : callable, optional
        In the part of Python that Numba knows.
    parallel : bool
        Whether ``numba.prange`` in it spreads over the cores. Only for ensembles that nothing else runs beside.
    fastmath : bool
        Whether sums may be reordered and products fused, so that loops fill the vector registers. Not a number and
        infinity keep their meaning.

    Returns
    -------
    callable
        The compiled function, which lets other threads run. Where no folder can be written, as in an installation
        without write access for a user without a home, it is compiled anew in each process.

    Notes
    -----
    The cache of a kernel is renewed when its own file changes, and not when another does. A kernel therefore calls only
    kernels of its own file, and takes constants as arguments.
    """
    from numba import njit

    if function is None:
        return lambda wrapped: kernel(wrapped, parallel=parallel, fastmath=fastmath)
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "parallel": parallel}
    if fastmath:
        options["fastmath"] = {"reassoc", "contract", "arcp", "nsz"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # Numba found no folder for the cache
        return njit(**options)(function)
