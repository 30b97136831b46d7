"""The command line: run, show, validate, dose."""

from __future__ import annotations

import os
import re
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from ferrotope import __version__
from ferrotope.cli.dose import dose
from ferrotope.cli.output import check_folder, default_folder, write
from ferrotope.errors import FerrotopeError, InputError, nearest

__all__ = ["app", "main"]

app = typer.Typer(
    name="ferrotope",
    help="Design, simulate and analyse radiolabelled magnetic nanoparticles. For research, not a medical device.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_PLAIN = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_INTERRUPTED = 130  # what typer makes of Ctrl-C

CatalogueOption = Annotated[Path | None, typer.Option("--catalogue", help="A further folder of catalogue systems.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"ferrotope {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Design, simulate and analyse radiolabelled magnetic nanoparticles. For research, not a medical device."""


@app.command()
def run(
    study: Annotated[str, typer.Argument(help="A study file in TOML, or the id of a catalogue system.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for result.nc, summary.json and report.html.")
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", help="Samples of the uncertain inputs; 0 for a single run.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the sampling.")] = None,
    assume: Annotated[
        bool, typer.Option("--assume", help="Run although the core size was not measured, as an illustration.")
    ] = False,
    variant: Annotated[str, typer.Option("--variant", help="A variant of a catalogue system.")] = "",
    catalogue: CatalogueOption = None,
) -> None:
    """Run a study and write its result and report."""
    from rich.console import Console

    from ferrotope.cli.progress import StageProgress
    from ferrotope.study import Study

    console = Console(stderr=True)
    ready = _study(study, assume, variant, catalogue, Study)
    folder = output if output is not None else default_folder(study)
    check_folder(folder)
    with StageProgress(console) as progress:
        result = ready.run(samples=samples, seed=seed, progress=progress)
        progress("report", 0, 0)
        write(result, folder)
    _say(f"{result.summary()}\n\nreport: {folder / 'report.html'}")


@app.command()
def show(
    id: Annotated[
        str | None, typer.Argument(help="Id of a catalogue system; without it the systems are listed.")
    ] = None,
    catalogue: CatalogueOption = None,
) -> None:
    """List the catalogue of published systems, or print one with its sources."""
    from ferrotope.cli.show import catalogue_table, system_text

    _say(system_text(id, catalogue) if id else catalogue_table(catalogue))


@app.command()
def validate(
    domain: Annotated[
        str, typer.Option("--domain", help="magnetism (heating and relaxivity), relaxometry, or all.")
    ] = "magnetism",
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the table (CSV) and the plot (HTML).")
    ] = Path("out") / "validation",
    catalogue: CatalogueOption = None,
    samples: Annotated[
        int, typer.Option("--samples", help="Samples of the uncertain inputs for the intervals; 0 for none.")
    ] = 64,
) -> None:
    """Score predictions against every measured output of the catalogue."""
    from rich.console import Console

    from ferrotope.cli.progress import StageProgress
    from ferrotope.cli.validate import validation_text, write_validation
    from ferrotope.study.validation import check_domain
    from ferrotope.study.validation import validate as score_all

    check_domain(domain)
    check_folder(output)
    with StageProgress(Console(stderr=True)) as progress:
        found = score_all(domain, catalogue_folder=catalogue, samples=samples, progress=progress)
        progress("plot", 0, 0)
        table, plot = write_validation(found, output, domain=domain, samples=samples)
    _say(f"{validation_text(found)}\n\ntable: {table}\nplot: {plot}")


app.command()(dose)


def main() -> None:
    """Run the command line; exit 0 when done, 2 for bad input, 1 for an error of ours."""
    sys.stderr.reconfigure(errors="backslashreplace")
    try:
        app()
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            print("ferrotope: interrupted, nothing was written", file=sys.stderr)
        raise
    except FerrotopeError as error:
        print(f"ferrotope: {error}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        print(
            f"ferrotope: this is a fault of Ferrotope, not of your input: {type(error).__name__}: {error}",
            file=sys.stderr,
        )
        if os.environ.get("FERROTOPE_TRACEBACK"):
            traceback.print_exc()
        else:
            print("Set FERROTOPE_TRACEBACK=1 to see where, and please report it.", file=sys.stderr)
        sys.exit(1)


def _say(text: str) -> None:
    """Print to the reader, who may have stopped reading (``ferrotope show | head``)."""
    try:
        print(_printable(text, sys.stdout.encoding), flush=True)
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        raise InputError(f"the text cannot be printed: {error.strerror or error}", field="standard output") from error


def _printable(text: str, encoding: str) -> str:
    """Return the text in characters that the terminal knows; a power of ten must not lose its exponent."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = re.sub("×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: "e" + power[1].translate(_PLAIN), text)
        text = text.encode(encoding, "replace").decode(encoding)
    return text


def _silence() -> None:
    """Let Python's own last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _study(name: str, assume: bool, variant: str, catalogue: Path | None, maker):
    from ferrotope.catalogue import ids

    path = Path(name)
    if name.endswith(".toml") or os.sep in name or name == os.curdir or name == os.pardir:
        if not (path / "system.toml").is_file():
            return _of_file(path, assume, variant, catalogue, maker)
        name = str(path.resolve())
    elif name not in ids(catalogue):
        if path.is_file():
            return _of_file(path, assume, variant, catalogue, maker)
        if not (path / "system.toml").is_file():
            raise InputError(
                "this is neither a file nor a catalogue system",
                field="STUDY",
                value=name,
                remedy=nearest(name, ids(catalogue)),
            )
        name = str(path.resolve())
    return maker.from_catalogue(name, variant=variant, assume=assume, catalogue_folder=catalogue)


def _of_file(path: Path, assume: bool, variant: str, catalogue: Path | None, maker):
    if variant:
        raise InputError(
            "a variant belongs to a catalogue system",
            field="--variant",
            value=variant,
            remedy='in a study file write variant = "..." under [particle]',
        )
    return maker.from_toml(path, assume=assume, catalogue_folder=catalogue)
