"""Dose to the nucleus of a cell among others: from its own activity and from that of its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ferrotope.dosimetry.cells.geometry import Region, cell_regions, region_mass
from ferrotope.dosimetry.cells.s_values import fold_decays, mean_and_error
from ferrotope.dosimetry.matter.media import WATER_DENSITY
from ferrotope.errors import InputError, nearest
from ferrotope.nuclides import Nuclide, chain_weights
from ferrotope.units.checks import between, not_negative, positive

__all__ = ["ClusterDose", "cell_cluster_dose", "packed_cells", "random_cells"]

# Share of the volume in cells, and the translations of the lattice in cell diameters (rows of a matrix).
_LATTICES = {
    "hexagonal": np.array([[1.0, 0.0, 0.0], [0.5, np.sqrt(0.75), 0.0], [0.5, np.sqrt(1 / 12), np.sqrt(2 / 3)]]),
    "cubic": np.eye(3),
}
PACKINGS = (*_LATTICES, "random")
_STEP = 0.01  # distances of cells are told apart by this share of their diameter


@dataclass(frozen=True, eq=False, kw_only=True)
class ClusterDose:
    """Mean dose to the nucleus of the central cell of a cluster.

    Attributes
    ----------
    nuclide, source : str
        What decays, and where in the cells.
    self_dose : float
        Dose from the central cell (Gy), if it is labelled.
    cross_dose : float
        Mean dose from the other cells (Gy), with the labelled ones at random places among them.
    cross_dose_sd : float
        Standard deviation of the cross-dose from cluster to cluster (Gy), which comes from where the labelled cells
        are; 0 where all are labelled.
    standard_error : float
        Statistical standard error of self- and cross-dose together (Gy).
    cells : int
        Number of cells around the central one.
    packing_fraction : float
        Share of the volume that cells take.
    decays : dict of str to float
        Decays of each member of the chain per decay of the nuclide.
    """

    nuclide: str
    source: str
    self_dose: float
    cross_dose: float
    cross_dose_sd: float
    standard_error: float
    cells: int
    packing_fraction: float
    decays: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """Mean dose to the nucleus of a labelled central cell (Gy)."""
        return self.self_dose + self.cross_dose


def cell_cluster_dose(
    time_integrated_activity: float,
    nuclide: Nuclide | str,
    cell_radius: float,
    nucleus_radius: float,
    cluster_radius: float,
    *,
    source: str = "CS",
    packing: str = "hexagonal",
    packing_fraction: float = 0.2,
    labelled_fraction: float = 1.0,
    method: str = "transport",
    daughters: str | Mapping[str, float] | None = None,
    radiation: str | None = None,
    density: float = WATER_DENSITY,
    endosomes: Region | None = None,
    histories: int = 4_000,
    seed: int = 0,
) -> ClusterDose:
    """Dose to the nucleus of the central cell of a cluster of equal cells.

    Parameters
    ----------
    time_integrated_activity : float
        Decays in every labelled cell (Bq s).
    nuclide : Nuclide or str
        What decays.
    cell_radius, nucleus_radius : float
        Radii of the cells and of their concentric nuclei (m).
    cluster_radius : float
        Cells with their centre within this distance of the central one's belong to the cluster (m).
    source : str
        Where the activity of a cell is: N, Cy, CS, C or En, as in `cell_regions`.
    packing : str
        "hexagonal": cells that touch, in the closest packing (74 % of the volume). "cubic": cells that touch, in a
        simple cubic lattice (52 %). "random": cells at random places without overlap.
    packing_fraction : float
        Share of the volume in cells, for "random".
    labelled_fraction : float
        Fraction of the neighbours that carry activity.
    method, daughters, radiation, density, endosomes, histories, seed
        As in `cell_s_values`; the seed also places random cells.

    Returns
    -------
    ClusterDose

    Raises
    ------
    InputError
        If a name is unknown, a size or fraction is out of range, or the cluster has too many cells.

    Notes
    -----
    Kernels as in `cell_s_values`, folded with the geometry of two separate regions; what is between cells is water as
    they are. Distances are rounded to 1 % of a cell's diameter in random packings.

    Examples
    --------
    >>> dose = cell_cluster_dose(1.0, "At-211", 7e-6, 5e-6, 30e-6, daughters="equilibrium", method="straight")
    >>> dose.cells, dose.cross_dose > 3 * dose.self_dose
    (54, True)
    """
    decays_each = float(not_negative("time_integrated_activity", time_integrated_activity, "Bq s"))
    nuclide = nuclide if isinstance(nuclide, Nuclide) else Nuclide(nuclide)
    regions = cell_regions(cell_radius, nucleus_radius, endosomes)
    if source not in regions:
        raise InputError("this source is not known", field="source", value=source, remedy=nearest(source, regions))
    labelled = float(between("labelled_fraction", labelled_fraction, 0.0, 1.0))
    density = float(positive("density", density, "kg/m3"))
    decays = chain_weights(nuclide, daughters)
    distances, count, taken = _distances(cell_radius, cluster_radius, packing, packing_fraction, seed)
    reach = np.maximum(distances, (cell_radius + nucleus_radius) * (1.0 + 1e-9))
    pairs = [(regions[source], regions["N"], gap) for gap in (0.0, *reach)]
    to_dose = decays_each / region_mass(regions["N"], density)
    doses = to_dose * fold_decays(decays, radiation, pairs, density, method, histories, seed)
    one, _ = mean_and_error(doses)
    _, error = mean_and_error(doses @ np.concatenate([[1.0], labelled * count]))
    return ClusterDose(
        nuclide=nuclide.name,
        source=source,
        self_dose=float(one[0]),
        cross_dose=float(labelled * count @ one[1:]),
        cross_dose_sd=float(np.sqrt(labelled * (1.0 - labelled) * (count @ one[1:] ** 2))),
        standard_error=float(error),
        cells=int(count.sum()),
        packing_fraction=taken,
        decays=decays,
    )


def packed_cells(cell_radius: float, cluster_radius: float, packing: str = "hexagonal") -> NDArray[np.float64]:
    """Centres of the cells that touch in a lattice around a central one.

    Parameters
    ----------
    cell_radius, cluster_radius : float
        Radius of a cell, and largest distance of a centre from that of the central cell (m).
    packing : str
        "hexagonal" or "cubic".

    Returns
    -------
    array, shape (cells, 3)
        Places (m); the central cell, at the origin, is not among them.

    Raises
    ------
    InputError
        If the packing is unknown or the cluster is over 30 cell diameters in radius.
    """
    if packing not in _LATTICES:
        raise InputError("this lattice is not known", field="packing", value=packing, allowed=", ".join(_LATTICES))
    diameter = 2.0 * float(positive("cell_radius", cell_radius, "m"))
    reach = float(positive("cluster_radius", cluster_radius, "m")) / diameter * (1.0 + 1e-9)
    between("cluster_radius", reach, 0.0, 30.0, "cell diameters", remedy="point kernels serve for more")
    rows = _LATTICES[packing]
    # The reciprocal lattice says how far the indices go.
    most = np.floor(reach * np.linalg.norm(np.linalg.inv(rows), axis=0) + 1e-9).astype(int)
    index = np.stack(np.meshgrid(*(np.arange(-m, m + 1) for m in most), indexing="ij"), axis=-1).reshape(-1, 3)
    places = index @ rows
    distance = np.linalg.norm(places, axis=1)
    return places[(distance > 0.5) & (distance <= reach)] * diameter


def random_cells(
    cell_radius: float, cluster_radius: float, packing_fraction: float = 0.2, seed: int = 0
) -> NDArray[np.float64]:
    """Centres of cells at random places without overlap around a central one.

    Parameters
    ----------
    cell_radius, cluster_radius : float
        Radius of a cell, and largest distance of a centre from that of the central cell (m).
    packing_fraction : float
        Share of the volume in cells, up to 0.3: one after another finds no place in denser ones.
    seed : int
        The same seed gives the same places.

    Returns
    -------
    array, shape (cells, 3)
        Places (m); the central cell, at the origin, is not among them.

    Raises
    ------
    InputError
        If the packing is too dense or there are over 20 000 cells.
    """
    between("packing_fraction", packing_fraction, 0.0, 0.3, remedy="take packing='hexagonal' or 'cubic' for dense ones")
    ratio = float(positive("cluster_radius", cluster_radius, "m") / positive("cell_radius", cell_radius, "m"))
    number = int(between("number of cells", np.round(packing_fraction * ratio**3), 0, 20_000)) - 1
    if ratio < 2.1:  # hardly room for a neighbour
        return np.zeros((0, 3))
    rng = np.random.default_rng(seed)
    places = np.zeros((1, 3))
    while len(places) <= number:
        place = rng.uniform(-ratio, ratio, 3)
        if place @ place <= ratio**2 and np.all(np.sum((places - place) ** 2, axis=1) >= 4.0):
            places = np.vstack([places, place])
    return places[1:] * cell_radius


def _distances(cell_radius, cluster_radius, packing, packing_fraction, seed):
    """Different distances of cells from the central one (m), how many there are of each, and the share of volume."""
    diameter = 2.0 * cell_radius
    if packing == "random":
        places = random_cells(cell_radius, cluster_radius, packing_fraction, seed)
        steps = np.round(np.linalg.norm(places, axis=1) / (_STEP * diameter)).astype(int)
        found, count = np.unique(steps, return_counts=True)
        return found * _STEP * diameter, count, float(packing_fraction)
    if packing not in _LATTICES:
        raise InputError(
            "this packing is not known", field="packing", value=packing, remedy=nearest(str(packing), PACKINGS)
        )
    # In both lattices the squares of the distances are whole numbers of squared diameters.
    places = packed_cells(cell_radius, cluster_radius, packing)
    found, count = np.unique(np.round(np.sum(places**2, axis=1) / diameter**2).astype(int), return_counts=True)
    return np.sqrt(found) * diameter, count, float(np.pi / 6.0 / abs(np.linalg.det(_LATTICES[packing])))
