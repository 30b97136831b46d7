"""Put the present output and figures of the main job into the README: ``python tools/readme.py``."""

from __future__ import annotations

import re
from pathlib import Path

from ferrotope import Result, Study
from ferrotope.report.figures.canvas import arrays_of
from ferrotope.report.figures.dose import dose_bars
from ferrotope.report.figures.kinetics import activity_curves

ROOT = Path(__file__).resolve().parents[1]
SYSTEM, SAMPLES = "yang2011-cu64-crgd-spion", 256


def block(result: Result) -> str:
    """Return what the README shows between its marks."""
    return f"```text\n{result.summary()}\n```"


def main() -> None:
    """Run the main job, draw its figures and rewrite the README between the marks."""
    result = Study.from_catalogue(SYSTEM).run(samples=SAMPLES, seed=0)
    images = ROOT / "docs" / "images"
    for name, draw, stage in (("activity", activity_curves, "biokinetics"), ("dose", dose_bars, "dosimetry")):
        drawn = draw(arrays_of(result, stage))
        assert drawn is not None, stage
        drawn[0].savefig(images / f"yang2011-{name}.png", dpi=110, metadata={"Software": None})
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    marked = re.compile(r"(<!-- output -->\n).*?(<!-- end of output -->)", re.DOTALL)
    new = marked.sub(lambda match: match.group(1) + block(result) + "\n" + match.group(2), text)
    readme.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
