"""The command line: run, show."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from ferrotope import __version__
from ferrotope.errors import FerrotopeError, InputError

__all__ = ["app", "main"]

app = typer.Typer(
    name="ferrotope",
    help="Design, simulate and analyse radiolabelled magnetic nanoparticles. For research, not a medical device.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

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
    folder = output if output is not None else Path("out") / _folder_name(study)
    _check_folder(folder)
    with StageProgress(console) as progress:
        result = ready.run(samples=samples, seed=seed, progress=progress)
        progress("report", 0, 0)
        _write(result, folder)
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


def main() -> None:
    """Run the command line; exit 0 when done, 2 for bad input, 1 for an error of ours."""
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
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _study(name: str, assume: bool, variant: str, catalogue: Path | None, maker):
    from ferrotope.catalogue import ids

    path = Path(name)
    if name.endswith(".toml") or path.exists() or os.sep in name:
        if path.is_dir() and (path / "system.toml").is_file():
            return maker.from_catalogue(str(path.resolve()), variant=variant, assume=assume, catalogue_folder=catalogue)
        if variant:
            raise InputError(
                "a variant belongs to a catalogue system",
                field="--variant",
                value=variant,
                remedy='in a study file write variant = "..." under [particle]',
            )
        return maker.from_toml(path, assume=assume, catalogue_folder=catalogue)
    if name not in ids(catalogue):
        from ferrotope.errors import nearest

        raise InputError(
            "this is neither a file nor a catalogue system",
            field="STUDY",
            value=name,
            remedy=nearest(name, ids(catalogue)),
        )
    return maker.from_catalogue(name, variant=variant, assume=assume, catalogue_folder=catalogue)


def _folder_name(study: str) -> str:
    return Path(study).stem if study.endswith(".toml") else Path(study).name


def _check_folder(folder: Path) -> None:
    """Refuse a place that cannot take the output before anything is computed."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            "the output is a folder, and a file of that name exists",
            field="--output",
            value=str(folder),
            remedy="choose another name",
        )
    ours = {"result.nc", "summary.json", "report.html"}
    if folder.is_dir() and any(item.name not in ours for item in folder.iterdir()):
        raise InputError(
            "the folder holds files that Ferrotope did not write",
            field="--output",
            value=str(folder),
            remedy="choose a new folder: its content would be replaced",
        )


def _write(result, folder: Path) -> None:
    """Write everything into FOLDER.partial and rename it at the end."""
    from ferrotope.report import write_report
    from ferrotope.result.store import write_summary

    partial = folder.with_name(folder.name + ".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        result.save(partial / "result.nc")
        write_summary(result, partial / "summary.json")
        write_report(result, partial / "report.html")
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    except OSError as error:
        raise InputError(
            f"the output cannot be written: {error.strerror or error}",
            field="--output",
            value=str(folder),
            remedy="choose a folder that you may write to",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
