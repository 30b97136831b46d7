"""Names of organs: those that papers use, and the one that the anatomy uses."""

from __future__ import annotations

__all__ = ["canonical_organ"]

_SYNONYMS = {
    "kidney": "kidneys",
    "lung": "lungs",
    "tumor": "tumour",
    "gut": "gastrointestinal_tract",
    "git": "gastrointestinal_tract",
    "intestines": "intestine",
    "small_bowel": "small_intestine",
    "large_bowel": "large_intestine",
    "colon": "large_intestine",
    "skeleton": "bone",
    "femur": "bone",
    "bone_marrow": "marrow",
    "red_marrow": "marrow",
    "urinary_bladder": "bladder",
    "testis": "testes",
    "cardiac_muscle": "heart",
}


def canonical_organ(name: str) -> str:
    """Return an organ's name as the anatomy writes it: lower case, underscores, British, plural where paired.

    Parameters
    ----------
    name : str
        Name as a table gives it, for example "Kidney" or "small intestine".

    Returns
    -------
    str
        For example "kidneys" or "small_intestine"; a name that is not known stays as it is.
    """
    plain = "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
    return _SYNONYMS.get(plain, plain)
