"""``python -m ferrotope`` is the command line."""

from ferrotope.cli import main

main()
