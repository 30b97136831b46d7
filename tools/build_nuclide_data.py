"""Compact the emission lines of UKDD-12 (actigamma) into ``src/ferrotope/nuclides/emissions.json``.

Run by a developer, never by a user: ``python tools/build_nuclide_data.py``. Needs actigamma 0.1.5 and scipy.

What is done to UKDD-12, besides selection and units:

1. Electrons are split into conversion and Auger electrons. UKDD-12 gives the Auger electrons of an element as one line a
   shell (K, L, in newer evaluations M too), at the same energy in every nuclide of that evaluator. These energies are
   listed in `AUGER_LINES`; each lies below the K binding energy of its element and is no difference of a gamma energy and
   a binding energy. Everything else is a conversion electron.
2. Most evaluations stop at the L shell. The Auger electrons of the outer shells are added as one line a nuclide whose
   energy follows from conservation of energy (`outer_auger`): binding energy of all filled K and L vacancies less what
   the listed X rays and Auger electrons carry away.
3. Electron capture and positron emission share one list of transition energies. Positrons are split off with the ratio of
   allowed transitions, scaled to half the intensity of the 511 keV line and to the mean positron energy of UKDD-12. The
   511 keV line leaves the X rays.
4. UKDD-12 gives one mean energy for all beta transitions of a nuclide. Branches get means from allowed spectra (unique
   first forbidden for Y-90), scaled by one factor to that mean.
5. Gaps of UKDD-12 are filled from the sources in `ADDITIONS`, and the lines named in `REMOVED` are dropped.
"""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
from actigamma.util import get_data_path_placeholder  # replaced below
