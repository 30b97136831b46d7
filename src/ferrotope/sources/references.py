"""References as data: from the sources that values carry to BibTeX."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

__all__ = ["bibtex", "reference"]


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("ferrotope.sources").joinpath("references.toml").read_text(encoding="utf-8"))


def reference(source: str) -> dict[str, str]:
    """Return what is known of a source.

    Parameters
    ----------
    source : str
        "doi:10..." or a citation in words.

    Returns
    -------
    dict of str to str
        Fields of a BibTeX entry: with ``key`` and ``type``; a source in words becomes a note.
    """
    doi = source.removeprefix("doi:").strip() if source.startswith("doi:") else ""
    known = _table().get(doi.lower(), {}) if doi else {}
    if known:
        return {"doi": doi, **known}
    if doi:
        return {
            "key": "doi_" + re.sub(r"[^A-Za-z0-9]+", "_", doi),
            "type": "misc",
            "doi": doi,
            "url": f"https://doi.org/{doi}",
        }
    words = re.findall(r"[A-Za-z]+", source)
    year = re.search(r"\b(19|20)\d\d\b", source)
    key = (words[0].lower() if words else "source") + (year.group() if year else "") + f"_{_short(source)}"
    return {"key": key, "type": "misc", "note": source}


def bibtex(sources: Iterable[str]) -> str:
    """Return BibTeX for a list of sources, each once.

    Parameters
    ----------
    sources : iterable of str
        As values and records carry them.

    Returns
    -------
    str
        Entries separated by blank lines, in the order given.

    Examples
    --------
    >>> print(bibtex(["doi:10.1234/example"]))
    @misc{doi_10_1234_example,
      doi = {10.1234/example},
      url = {https://doi.org/10.1234/example},
    }
    """
    entries: dict[str, str] = {}
    for source in sources:
        fields = dict(reference(source))
        key, kind = fields.pop("key"), fields.pop("type", "article")
        body = "".join(f"  {name} = {{{_escaped(text)}}},\n" for name, text in fields.items())
        entries.setdefault(key, f"@{kind}{{{key},\n{body}}}")
    return "\n\n".join(entries.values())


def _escaped(text: str) -> str:
    return re.sub(r"([&%#$_])(?![^{]*\})", r"\\\1", text) if not text.startswith(("10.", "http")) else text


def _short(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:6]
