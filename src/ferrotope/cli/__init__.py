"""The command line."""

from ferrotope.cli.app import main

__all__ = ["main"]
