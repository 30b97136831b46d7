"""Names of nuclides: reading them in the spellings people use, and telling stable from unknown."""

from __future__ import annotations

import re

from ferrotope.errors import InputError

__all__ = ["SYMBOLS", "atomic_number", "is_stable", "parse_name"]

_SYMBOL_TEXT = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru
Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At
Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr
"""
SYMBOLS = tuple(_SYMBOL_TEXT.split())

# Nuclides that do not decay on any time of interest: those found in nature (abundances of IUPAC), without K-40,
# Rb-87, La-138, Sm-147, Lu-176, Re-187, Pt-190, Th-230, Pa-231, Th-232 and uranium (below 1e12 years).
_STABLE_TEXT = """
H 1 2;He 3 4;Li 6 7;Be 9;B 10 11;C 12 13;N 14 15;O 16 17 18;F 19;Ne 20 21 22;Na 23;Mg 24 25 26;Al 27;Si 28 29 30;P 31;
S 32 33 34 36;Cl 35 37;Ar 36 38 40;K 39 41;Ca 40 42 43 44 46 48;Sc 45;Ti 46 47 48 49 50;V 50 51;Cr 50 52 53 54;Mn 55;
Fe 54 56 57 58;Co 59;Ni 58 60 61 62 64;Cu 63 65;Zn 64 66 67 68 70;Ga 69 71;Ge 70 72 73 74 76;As 75;Se 74 76 77 78 80 82;
Br 79 81;Kr 78 80 82 83 84 86;Rb 85;Sr 84 86 87 88;Y 89;Zr 90 91 92 94 96;Nb 93;Mo 92 94 95 96 97 98 100;
Ru 96 98 99 100 101 102 104;Rh 103;Pd 102 104 105 106 108 110;Ag 107 109;Cd 106 108 110 111 112 113 114 116;In 113 115;
Sn 112 114 115 116 117 118 119 120 122 124;Sb 121 123;Te 120 122 123 124 125 126 128 130;I 127;
Xe 124 126 128 129 130 131 132 134 136;Cs 133;Ba 130 132 134 135 136 137 138;La 139;Ce 136 138 140 142;Pr 141;
Nd 142 143 144 145 146 148 150;Sm 144 148 149 150 152 154;Eu 151 153;Gd 152 154 155 156 157 158 160;Tb 159;
Dy 156 158 160 161 162 163 164;Ho 165;Er 162 164 166 167 168 170;Tm 169;Yb 168 170 171 172 173 174 176;Lu 175;
Hf 174 176 177 178 179 180;Ta 180m 181;W 180 182 183 184 186;Re 185;Os 184 186 187 188 189 190 192;Ir 191 193;
Pt 192 194 195 196 198;Au 197;Hg 196 198 199 200 201 202 204;Tl 203 205;Pb 204 206 207 208;Bi 209
"""
_STABLE = frozenset(
    f"{element.split()[0]}-{number}" for element in _STABLE_TEXT.split(";") for number in element.split()[1:]
)

_FORWARD = re.compile(r"([A-Za-z]{1,2})[\s-]*(\d{1,3})\s*([mM]\d?)?")
_BACKWARD = re.compile(r"(\d{1,3})\s*([mM][\s-]+)?[\s-]*([A-Za-z]{1,3})")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹ᵐ‐‑–−", "0123456789m----")


def parse_name(text: str) -> str:
    """Return the name of a nuclide in the spelling "Lu-177" or "Tc-99m".

    Parameters
    ----------
    text : str
        "Lu-177", "177Lu", "Lu177", "lu-177", "99mTc", "Tc-99m", "¹⁷⁷Lu".

    Returns
    -------
    str
        The name; whether anything is known of the nuclide is not checked.

    Raises
    ------
    InputError
        If the text is not the name of a nuclide.
    """
    if isinstance(text, str):
        plain = text.strip().translate(_SUPERSCRIPT)
        forward, backward = _FORWARD.fullmatch(plain), _BACKWARD.fullmatch(plain)
        symbol, number, state = "", "0", ""
        if forward:
            symbol, number, state = forward.groups()
        elif backward:
            number, state, symbol = backward.groups()
            # "89mY" is an isomer, "52mMn" too; "52Mn" and "52mn" are not.
            if symbol[0] == "m" and (symbol.capitalize() not in SYMBOLS or symbol[1:].isupper()):
                state, symbol = "m", symbol[1:]
        symbol = symbol.capitalize()
        if symbol in SYMBOLS and SYMBOLS.index(symbol) < int(number):
            # Some write m1 for the first isomer.
            state = (state or "").strip(" -\t").lower()
            return f"{symbol}-{int(number)}{'m' if state == 'm1' else state}"
    raise InputError(
        "this is not the name of a nuclide",
        field="nuclide",
        value=text,
        remedy='write the element and the mass number, as in "Lu-177" or "Tc-99m"',
    )


def is_stable(name: str) -> bool:
    """Whether a nuclide is stable, or lives so long (above 1e12 years) that it counts as stable.

    Parameters
    ----------
    name : str
        As `parse_name` returns it.

    Returns
    -------
    bool
    """
    return name in _STABLE


def atomic_number(name: str) -> int:
    """Number of protons of a nuclide.

    Parameters
    ----------
    name : str
        As `parse_name` returns it.

    Returns
    -------
    int
    """
    return SYMBOLS.index(name.split("-")[0]) + 1
