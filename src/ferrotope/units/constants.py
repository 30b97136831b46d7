"""Physical constants in SI units.

The defining constants of the SI (BIPM SI Brochure, 9th edition, 2019) are exact; the others are CODATA 2018
(Tiesinga et al., Rev Mod Phys 2021;93:025010, doi:10.1103/RevModPhys.93.025010, table XXXI).
"""

AVOGADRO = 6.02214076e23  # 1/mol, exact
BOLTZMANN = 1.380649e-23  # J/K, exact
ELEMENTARY_CHARGE = 1.602176634e-19  # C, exact
SPEED_OF_LIGHT = 299792458.0  # m/s, exact
GAS_CONSTANT = AVOGADRO * BOLTZMANN  # J/(mol K), exact
VACUUM_PERMEABILITY = 1.25663706212e-6  # N/A2
ATOMIC_MASS = 1.66053906660e-27  # kg
ELECTRON_MASS = 9.1093837015e-31  # kg
PROTON_GYROMAGNETIC_RATIO = 2.6752218744e8  # rad/(s T)
ELECTRON_GYROMAGNETIC_RATIO = 1.76085963023e11  # rad/(s T)
CELSIUS_ZERO = 273.15  # K, exact
MEV = 1e6 * ELEMENTARY_CHARGE  # J, exact
