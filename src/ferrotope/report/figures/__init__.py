"""The figures of the report, one function a figure, each made from the labelled arrays of one stage."""

from __future__ import annotations

from collections.abc import Callable

from ferrotope.report.figures.canvas import Arrays, arrays_of, to_svg
from ferrotope.report.figures.dose import dose_bars, dose_rates
from ferrotope.report.figures.heat import temperature_history
from ferrotope.report.figures.imaging import contrast, uptake
from ferrotope.report.figures.kinetics import activity_curves
from ferrotope.report.figures.label import label_state
from ferrotope.report.figures.magnetism import heating_power, magnetisation_and_loop
from ferrotope.report.figures.ranking import ranking_bars
from ferrotope.report.figures.relaxometry import relaxivity_profile
from ferrotope.result import Result

__all__ = ["figures_of", "ranking_figure"]

_Figure = Callable[[Arrays], tuple[object, str] | None]

_FIGURES: dict[str, tuple[_Figure, ...]] = {
    "magnetism": (magnetisation_and_loop, heating_power),
    "relaxometry": (relaxivity_profile,),
    "radiochemistry": (label_state,),
    "biokinetics": (activity_curves,),
    "imaging": (contrast, uptake),
    "dosimetry": (dose_bars, dose_rates),
    "hyperthermia": (temperature_history,),
}


# stages whose arrays a figure draws beside its own
_BESIDE = {"magnetism": "hyperthermia"}


def figures_of(result: Result, stage: str) -> list[tuple[str, str]]:
    """Return the figures of a stage.

    Parameters
    ----------
    result : Result
        The result.
    stage : str
        Name of the stage.

    Returns
    -------
    list of (str, str)
        SVG and caption; a figure whose arrays are missing is left out.
    """
    arrays = {**(arrays_of(result, _BESIDE[stage]) if stage in _BESIDE else {}), **arrays_of(result, stage)}
    drawn = (draw(arrays) for draw in _FIGURES.get(stage, ()))
    return [(to_svg(found[0]), found[1]) for found in drawn if found is not None]


def ranking_figure(result: Result) -> str:
    """Return the SVG of what causes the spread of the headlines, or "" where nothing is ranked."""
    figure = ranking_bars(result)
    return "" if figure is None else to_svg(figure)
