"""Published biodistributions as far as the tests need them: times in h, values as printed.

Yang X et al., Biomaterials 2011;32:4151, doi:10.1016/j.biomaterials.2011.02.006: %ID/g, tumour-bearing mice, targeted
particle, as read off its figures in a public data set of mouse nanoparticle kinetics.
Gholami A, Mousavie Anijdan SH, Iran J Basic Med Sci 2016;19:1056, PMID 27872701: rats, mean and SD; its caption
says per gram, the abstract gives the same numbers as per cent of the injection.
Anijdan SM, Gholami A, Lahooti A, Int J Radiat Res 2020;18:539: mice, as transcribed in the same public data set.
Half-lives: Cu-64 12.7 h, In-111 2.8047 d, Sm-153 46.284 h (evaluated values, rounded).
"""

from ferrotope.biokinetics import BiodistributionTable

HOUR = 3600.0
CU64, IN111, SM153 = 12.7 * HOUR, 2.8047 * 24 * HOUR, 46.284 * HOUR

YANG = {
    "blood": ([0.5, 3, 6, 24, 48], [3.25, 2.15, 2.0, 1.6, 1.85]),
    "liver": ([0.5, 3, 6, 24, 48], [14.894, 11.702, 9.787, 7.234, 6.277]),
    "muscle": ([0.5, 3, 6, 24, 48], [0.632, 0.316, 0.421, 0.526, 0.316]),
    "tumour": ([0.5, 3, 6, 24, 48], [4.418, 5.493, 5.672, 5.433, 5.373]),
    "heart": ([48], [2.4]),
    "lung": ([48], [3.4]),
    "spleen": ([48], [2.024]),
    "kidney": ([48], [4.804]),
    "stomach": ([48], [2.184]),
    "intestine": ([48], [3.107]),
    "pancreas": ([48], [1.165]),
    "bone": ([48], [0.672]),
    "skin": ([48], [0.728]),
    "brain": ([48], [0.34]),
    "tail": ([48], [1.262]),
}

_MINUTES = [1 / 60, 5 / 60, 0.25, 0.5, 1]
GHOLAMI_TIMES = [*_MINUTES, 6, 24, 48, 96]
GHOLAMI = {
    "blood": (GHOLAMI_TIMES, [46.5, 13.1, 3.5, 0.9, 0.2, 0.1, 0, 0, 0]),
    "heart": (GHOLAMI_TIMES, [2.4, 1.3, 0.9, 0.3, 0.1, 0.1, 0, 0, 0]),
    "liver": (GHOLAMI_TIMES, [22.5, 45.4, 57.9, 63.9, 61.5, 50.6, 34.6, 20.2, 12.9]),
    "spleen": (GHOLAMI_TIMES, [3.9, 15.8, 16.8, 19.6, 16.9, 8.0, 3.1, 1.0, 0.3]),
    "brain": (GHOLAMI_TIMES, [0] * 9),
    "kidney": ([1 / 60, 5 / 60, 0.25], [3.7, 4.6, 3.3]),
}
GHOLAMI_SD = {
    "blood": [1.4, 1.4, 0.8, 0.1, 0, 0, 0, 0, 0],
    "heart": [0.2, 0.1, 0.1, 0, 0, 0, 0, 0, 0],
    "liver": [2.6, 3.4, 2.7, 3.7, 2.9, 2.2, 1.9, 1.2, 0.8],
    "spleen": [0.4, 1.2, 1.1, 1.3, 1.4, 0.7, 0.4, 0.2, 0],
    "brain": [0] * 9,
    "kidney": [0.6, 0.9, 0.4],
}

ANIJDAN_TIMES = [0.0167, 0.0833, 0.25, 0.5, 1, 2, 6, 24, 48]
ANIJDAN = {
    "blood": (ANIJDAN_TIMES[:7], [52.6, 10.8, 2.4, 1.1, 0.3, 0.1, 0.1]),
    "liver": (ANIJDAN_TIMES, [24.5, 49.5, 63.3, 69.8, 66.9, 63.2, 55.2, 40.7, 31.8]),
    "spleen": (ANIJDAN_TIMES, [4.3, 17.2, 18.3, 21.3, 18.5, 14.0, 8.8, 5.6, 3.7]),
    "kidney": (ANIJDAN_TIMES[:8], [4.2, 5.5, 3.7, 2.2, 1.3, 1.2, 0.8, 0.2]),
}


def table(rows, unit, *, decay_corrected=True, sd=None, resolution=0.1, name="published"):
    """Build a table from rows with times in h."""
    seconds = {organ: ([HOUR * t for t in times], values) for organ, (times, values) in rows.items()}
    return BiodistributionTable.from_values(
        seconds, unit=unit, decay_corrected=decay_corrected, standard_deviations=sd, resolution=resolution, name=name
    )


def csv_of(rows, header="time_h,organ,value", sd=None):
    """Write rows as a CSV text."""
    lines = [header + (",sd" if sd else "")]
    for organ, (times, values) in rows.items():
        for i, (time, value) in enumerate(zip(times, values, strict=True)):
            lines.append(f"{time},{organ},{value}" + (f",{sd[organ][i]}" if sd else ""))
    return "\n".join(lines) + "\n"
