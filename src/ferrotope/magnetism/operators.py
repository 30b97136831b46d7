"""Fokker-Planck operators over spherical harmonics, free of parameters: what every size, field and frequency shares.

The density W of a direction n on the sphere obeys (Brown 1963, doi:10.1103/PhysRev.130.1677), with L the angular
momentum operators and time in units of twice the diffusion time,

    dW/dt = -L.L W + 2 sigma [-i L.(n x e)/1 - i L.e/a] (n.e) W + xi [-i L.(n x b) - i L.b/a] W

where e is the easy axis, b the direction of the field, sigma the barrier and xi the Zeeman energy over kT, and a the
damping. The terms with 1/a are precession. Each bracket is one sparse matrix here, all on one pattern.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import scipy.sparse as sparse

__all__ = ["Operators", "brown_operators", "coupled_operators", "neel_operators"]

_ORDERS_BUILT = (0, 2, 8, 16, 32)  # |m| of the bases that are made; smaller ones are cut from them


@dataclass(frozen=True, eq=False)
class Operators:
    """Sparse real matrices on one pattern, without the constant function, whose coefficient is fixed by normalisation.

    Attributes
    ----------
    indices, indptr : ndarray
        The pattern in compressed rows.
    data : mapping of str to ndarray
        The entries of each matrix.
    constant : mapping of str to ndarray, shape (n,)
        What each matrix makes of the normalised constant function.
    outputs : mapping of str to ndarray, shape (n,)
        Coefficients of the mean direction: their product with the state is a component of <n>.
    parity : ndarray, shape (n,)
        +1 or -1: what turning the field round makes of each function.
    degree, order : ndarray, shape (n,)
        l and m of each function; in the coupled problem l is the one that is nearer to its cut.
    """

    indices: np.ndarray
    indptr: np.ndarray
    data: Mapping[str, np.ndarray]
    constant: Mapping[str, np.ndarray]
    outputs: Mapping[str, np.ndarray]
    parity: np.ndarray
    degree: np.ndarray
    order: np.ndarray

    @property
    def size(self) -> int:
        """Number of functions."""
        return self.indptr.size - 1

    @cached_property
    def _rows(self) -> np.ndarray:
        return np.repeat(np.arange(self.size), np.diff(self.indptr))

    @cached_property
    def bandwidth(self) -> int:
        """Diagonals that hold entries on each side of the main one."""
        return int(np.abs(self._rows - self.indices).max())

    @cached_property
    def _positions(self) -> np.ndarray:
        """Where each entry stands in LAPACK's band storage, by columns, with room for pivots."""
        band = self.bandwidth
        return self.indices * (3 * band + 1) + 2 * band + self._rows - self.indices

    def combine(self, weights: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
        """Return entries and constant part of a weighted sum of the matrices."""
        data = sum(weight * self.data[name] for name, weight in weights.items())
        constant = sum(weight * self.constant[name] for name, weight in weights.items())
        return data, constant

    def matrix(self, data: np.ndarray) -> sparse.csr_matrix:
        """Return a matrix of entries on the pattern."""
        return sparse.csr_matrix((data, self.indices, self.indptr), shape=(self.size, self.size))

    def band_storage(self) -> np.ndarray:
        """Return zeros in LAPACK's band storage, which `fill_band` fills again and again."""
        return np.zeros((self.size, 3 * self.bandwidth + 1)).T

    def fill_band(self, storage: np.ndarray, data: np.ndarray, shift: float) -> None:
        """Put a matrix less ``shift`` times the identity into band storage."""
        by_column = storage.T
        by_column.reshape(-1)[self._positions] = data
        by_column[:, 2 * self.bandwidth] -= shift


def _assemble(matrices: Mapping[str, sparse.spmatrix], norm: float, **rest) -> Operators:
    """Return operators on the union of the patterns, with the first function (the constant) taken out."""
    pattern = sum(abs(matrix) for matrix in matrices.values()).tocsr()
    constant = {name: matrix.tocsc()[1:, 0].toarray().ravel() * norm for name, matrix in matrices.items()}
    pattern = (pattern[1:, 1:] + sparse.identity(pattern.shape[0] - 1)).tocsr()
    pattern.sum_duplicates()
    pattern.sort_indices()
    rows = np.repeat(np.arange(pattern.shape[0]), np.diff(pattern.indptr))
    data = {}
    for name, matrix in matrices.items():
        inner = matrix.tocsr()[1:, 1:]
        data[name] = np.asarray(inner[rows, pattern.indices]).ravel()
    return Operators(pattern.indices, pattern.indptr, data, constant, **rest)


def _real(matrix: sparse.spmatrix, basis: sparse.spmatrix) -> sparse.csr_matrix:
    """Return a matrix between real functions; what is imaginary is rounding."""
    turned = (basis.conj().T @ matrix @ basis).tocsr()
    turned.sum_duplicates()
    real = turned.real.tocsr()
    real.data[np.abs(real.data) < 1e-13] = 0.0
    real.eliminate_zeros()
    return real


@dataclass(frozen=True)
class _Harmonics:
    """Spherical harmonics l <= degree, |m| <= order, and the matrices that act on them."""

    degree: int
    order: int

    @cached_property
    def index(self) -> dict[tuple[int, int], int]:
        pairs = [
            (degree, order)
            for degree in range(self.degree + 1)
            for order in range(-min(degree, self.order), min(degree, self.order) + 1)
        ]
        return {pair: number for number, pair in enumerate(pairs)}

    def matrix(self, entry) -> sparse.csr_matrix:
        """Return the matrix whose column (l, m) holds what ``entry(l, m)`` lists as (l', m', value)."""
        rows, columns, values = [], [], []
        for (degree, order), column in self.index.items():
            for to_degree, to_order, value in entry(degree, order):
                row = self.index.get((to_degree, to_order))
                if row is not None and value != 0.0:
                    rows.append(row)
                    columns.append(column)
                    values.append(value)
        size = len(self.index)
        return sparse.csr_matrix((np.array(values, dtype=complex), (rows, columns)), shape=(size, size))

    @cached_property
    def z(self) -> sparse.csr_matrix:
        """Multiplication by n_z."""
        return self.matrix(lambda l, m: [(l + 1, m, _along(l + 1, m)), (l - 1, m, _along(l, m))])

    @cached_property
    def plus(self) -> sparse.csr_matrix:
        """Multiplication by n_x + i n_y."""
        return self.matrix(lambda l, m: [(l + 1, m + 1, -_across(l + 1, m + 1)), (l - 1, m + 1, _across(l, -m))])

    @cached_property
    def minus(self) -> sparse.csr_matrix:
        """Multiplication by n_x - i n_y."""
        return self.matrix(lambda l, m: [(l + 1, m - 1, _across(l + 1, -m + 1)), (l - 1, m - 1, -_across(l, m))])

    @cached_property
    def lz(self) -> sparse.csr_matrix:
        return self.matrix(lambda l, m: [(l, m, m)])

    @cached_property
    def lplus(self) -> sparse.csr_matrix:
        return self.matrix(lambda l, m: [(l, m + 1, np.sqrt(l * (l + 1.0) - m * (m + 1.0)))])

    @cached_property
    def lminus(self) -> sparse.csr_matrix:
        return self.matrix(lambda l, m: [(l, m - 1, np.sqrt(l * (l + 1.0) - m * (m - 1.0)))])

    @cached_property
    def square(self) -> sparse.csr_matrix:
        """L.L."""
        return self.matrix(lambda l, m: [(l, m, l * (l + 1.0))])


def _along(l, m):
    """Return a of z Y(l-1, m) = a Y(l, m) + ..."""
    return np.sqrt((l * l - m * m) / (4.0 * l * l - 1.0)) if l > 0 else 0.0


def _across(l, m):
    """Return b of (n_x + i n_y) Y(l-1, m-1) = -b Y(l, m) + ..."""
    return np.sqrt((l + m) * (l + m - 1.0) / (4.0 * l * l - 1.0)) if l > 0 else 0.0


@lru_cache(maxsize=48)
def neel_operators(degree: int, order: int) -> Operators:
    """Return the operators of a moment with a fixed easy axis along z, in a field in the plane of x and z.

    Parameters
    ----------
    degree, order : int
        Largest l and |m| of the real spherical harmonics.

    Returns
    -------
    Operators
        ``diffusion``; ``axis`` and ``axis_precession`` to be weighted with 2 sigma and 2 sigma/a; ``x``, ``z`` and
        ``x_precession``, ``z_precession`` with the components of xi and of xi/a. Outputs ``x`` and ``z``.
    """
    # entries do not depend on the cut: the many bases that sizes and angles need are parts of a few large ones
    largest = next((step for step in _ORDERS_BUILT if step >= order), order)
    return _within(_built(16 * math.ceil(degree / 16), largest), degree, order)


def _within(whole: Operators, degree: int, order: int) -> Operators:
    """Return the operators among the functions up to a degree and an order."""
    kept = (whole.degree <= degree) & (whole.order <= order)
    entries = kept[whole._rows] & kept[whole.indices]
    counts = np.bincount(whole._rows[entries], minlength=kept.size)[kept]
    return Operators(
        (np.cumsum(kept) - 1)[whole.indices[entries]].astype(np.int32),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        {name: values[entries] for name, values in whole.data.items()},
        {name: values[kept] for name, values in whole.constant.items()},
        {name: values[kept] for name, values in whole.outputs.items()},
        whole.parity[kept],
        whole.degree[kept],
        whole.order[kept],
    )


@lru_cache(maxsize=8)
def _built(degree: int, order: int) -> Operators:
    """Return what `neel_operators` cuts from."""
    # built with two degrees more: products of matrices that are cut off are wrong at the edge
    full = _Harmonics(degree + 2, order + 2)
    x, y = (full.plus + full.minus) / 2, (full.plus - full.minus) / 2j
    lx, ly = (full.lplus + full.lminus) / 2, (full.lplus - full.lminus) / 2j
    z, lz = full.z, full.lz
    complex_matrices = {
        "diffusion": -full.square,
        "axis": -1j * (lx @ y - ly @ x) @ z,
        "axis_precession": -1j * lz @ z,
        "x": -1j * (ly @ z - lz @ y),
        "z": -1j * (lx @ y - ly @ x),
        "x_precession": -1j * lx,
        "z_precession": -1j * lz,
    }
    labels = [
        (l, m, kind)
        for l in range(degree + 1)
        for m in range(min(l, order) + 1)
        for kind in ((0,) if m == 0 else (0, 1))
    ]
    rows, columns, values = [], [], []
    for column, (l, m, kind) in enumerate(labels):
        if m == 0:
            entries = [(0, 1.0)]
        elif kind == 0:
            entries = [(-m, 0.5**0.5), (m, (-1) ** m * 0.5**0.5)]
        else:
            entries = [(-m, 1j * 0.5**0.5), (m, -1j * (-1) ** m * 0.5**0.5)]
        for signed, value in entries:
            rows.append(full.index[l, signed])
            columns.append(column)
            values.append(value)
    basis = sparse.csr_matrix((values, (rows, columns)), shape=(len(full.index), len(labels)))
    l, m, kind = np.array(labels[1:]).T
    mean = np.sqrt(4.0 * np.pi / 3.0)
    return _assemble(
        {name: _real(matrix, basis) for name, matrix in complex_matrices.items()},
        norm=1.0 / np.sqrt(4.0 * np.pi),
        outputs={
            "x": mean * ((l == 1) & (m == 1) & (kind == 0)),
            "z": mean * ((l == 1) & (m == 0)),
        },
        parity=np.where((l + kind) % 2 == 0, 1.0, -1.0),
        degree=l,
        order=m,
    )


@lru_cache(maxsize=24)
def brown_operators(degree: int) -> Operators:
    """Return the operators of a moment fixed in a particle that turns in a liquid, for <P_l>, l up to ``degree``.

    Parameters
    ----------
    degree : int
        Largest l.

    Returns
    -------
    Operators
        ``diffusion``, and ``z`` to be weighted with xi; time in units of twice the Brownian time. Output ``z``.
    """
    l = np.arange(degree + 1.0)
    pull = l * (l + 1.0) / (2.0 * l + 1.0)
    matrices = {
        "diffusion": sparse.diags(-l * (l + 1.0)).tocsr(),
        "z": sparse.diags([pull[1:], -pull[:-1]], [-1, 1]).tocsr(),
    }
    l = l[1:].astype(int)
    return _assemble(
        matrices,
        norm=1.0,
        outputs={"z": (l == 1).astype(float)},
        parity=np.where(l % 2 == 0, 1.0, -1.0),
        degree=l,
        order=np.zeros_like(l),
    )


@lru_cache(maxsize=4)
def coupled_operators(moment_degree: int, axis_degree: int, order: int) -> Operators:
    """Return the operators of a moment and of its easy axis, both free to turn, in a field along z.

    Parameters
    ----------
    moment_degree, axis_degree : int
        Largest l of the moment and (even) of the axis.
    order : int
        Largest |m|; the total is 0 around the field.

    Returns
    -------
    Operators
        ``diffusion``, ``axis``, ``axis_precession``, ``z``, ``z_precession`` as for `neel_operators`; ``rotation`` and
        ``torque`` of the particle, to be weighted with r and 2 sigma r, r the diffusion time of the moment over the
        Brownian time. Output ``z``.
    """
    sectors = {total: _Sector(moment_degree + 2, axis_degree + 2, order + 2, total) for total in (-1, 0, 1)}
    zero = sectors[0]

    def act(which: int, name: str, start: int, change: int) -> sparse.csr_matrix:
        return sectors[start + change].acting(sectors[start], which, name)

    dot = act(0, "z", 0, 0) @ act(1, "z", 0, 0) + 0.5 * (
        act(0, "plus", -1, 1) @ act(1, "minus", 0, -1) + act(0, "minus", 1, -1) @ act(1, "plus", 0, 1)
    )

    def torque(which: int, along_z, plus, minus) -> sparse.csr_matrix:
        """Return -i L.V for the vector of multiplications V."""
        return -1j * (
            act(which, "lz", 0, 0) @ along_z
            + 0.5 * (act(which, "lplus", -1, 1) @ minus + act(which, "lminus", 1, -1) @ plus)
        )

    def cross(first: int, second: int):
        """Return the components z, + and - of the vector product of two directions."""
        along = 0.5j * (
            act(first, "plus", -1, 1) @ act(second, "minus", 0, -1)
            - act(first, "minus", 1, -1) @ act(second, "plus", 0, 1)
        )
        plus = -1j * act(first, "plus", 0, 1) @ act(second, "z", 0, 0) + 1j * act(first, "z", 1, 0) @ act(
            second, "plus", 0, 1
        )
        minus = 1j * act(first, "minus", 0, -1) @ act(second, "z", 0, 0) - 1j * act(first, "z", -1, 0) @ act(
            second, "minus", 0, -1
        )
        return along, plus, minus

    axis = [act(1, "z", 0, 0), act(1, "plus", 0, 1), act(1, "minus", 0, -1)]
    moment = [act(0, "plus", 0, 1), act(0, "minus", 0, -1)]
    complex_matrices = {
        "diffusion": -act(0, "square", 0, 0),
        "axis": torque(0, *(part @ dot for part in cross(0, 1))),
        "axis_precession": torque(0, *(part @ dot for part in axis)),
        "rotation": -act(1, "square", 0, 0),
        "torque": torque(1, *(part @ dot for part in cross(1, 0))),
        # m x z is (m_y, -m_x, 0): its plus component is -i m_+, its minus component i m_-
        "z": torque(0, 0 * dot, -1j * moment[0], 1j * moment[1]),
        "z_precession": -1j * act(0, "lz", 0, 0),
    }
    basis, labels = zero.real_functions(moment_degree, axis_degree, order)
    l1, l2, m, kind = np.array(labels[1:]).T
    return _assemble(
        {name: _real(matrix, basis) for name, matrix in complex_matrices.items()},
        norm=1.0 / (4.0 * np.pi),
        outputs={"z": 4.0 * np.pi / np.sqrt(3.0) * ((l1 == 1) & (l2 == 0) & (m == 0))},
        parity=np.where((l1 + kind) % 2 == 0, 1.0, -1.0),
        degree=np.maximum(l1, l2 + moment_degree - axis_degree),
        order=m,
    )


@dataclass(frozen=True)
class _Sector:
    """Products Y(l1, m1)(moment) Y(l2, m2)(axis) with one total m1 + m2."""

    first: int
    second: int
    order: int
    total: int

    @cached_property
    def labels(self) -> np.ndarray:
        """Columns l1, m1, l2; sorted by the degree of the axis, then of the moment."""
        return np.array(
            [
                (l1, m1, l2)
                for l2 in range(self.second + 1)
                for l1 in range(self.first + 1)
                for m1 in range(-min(l1, self.order), min(l1, self.order) + 1)
                if abs(self.total - m1) <= min(l2, self.order)
            ]
        )

    @cached_property
    def index(self) -> dict[tuple[int, int, int], int]:
        return {tuple(label): number for number, label in enumerate(self.labels.tolist())}

    def acting(self, start: _Sector, which: int, name: str) -> sparse.csr_matrix:
        """Return the matrix from another sector to this one of an operator on the moment (0) or on the axis (1)."""
        single = _Harmonics(self.first if which == 0 else self.second, self.order)
        matrix = getattr(single, name).tocsc()
        pairs = list(single.index)
        rows, columns, values = [], [], []
        for column, (l1, m1, l2) in enumerate(start.labels.tolist()):
            own = (l1, m1) if which == 0 else (l2, start.total - m1)
            number = single.index[own]
            for place in range(matrix.indptr[number], matrix.indptr[number + 1]):
                l, m = pairs[matrix.indices[place]]
                target = (l, m, l2) if which == 0 else (l1, m1, l)
                row = self.index.get(target)
                if row is not None:
                    rows.append(row)
                    columns.append(column)
                    values.append(matrix.data[place])
        return sparse.csr_matrix((values, (rows, columns)), shape=(len(self.labels), len(start.labels)), dtype=complex)

    def real_functions(self, first: int, second: int, order: int) -> tuple[sparse.csr_matrix, list[tuple[int, ...]]]:
        """Return the real functions with even degrees of the axis, and their labels (l1, l2, m, kind)."""
        labels = [
            (l1, l2, m, kind)
            for l2 in range(0, second + 1, 2)
            for l1 in range(first + 1)
            for m in range(min(l1, l2, order) + 1)
            for kind in ((0,) if m == 0 else (0, 1))
        ]
        rows, columns, values = [], [], []
        for column, (l1, l2, m, kind) in enumerate(labels):
            if m == 0:
                entries = [(0, 1.0)]
            elif kind == 0:
                entries = [(m, 0.5**0.5), (-m, 0.5**0.5)]
            else:
                entries = [(m, -1j * 0.5**0.5), (-m, 1j * 0.5**0.5)]
            for signed, value in entries:
                rows.append(self.index[l1, signed, l2])
                columns.append(column)
                values.append(value)
        return sparse.csr_matrix((values, (rows, columns)), shape=(len(self.labels), len(labels))), labels
