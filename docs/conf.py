"""Sphinx settings: Markdown pages whose code cells run while the pages are built."""

from ferrotope import __version__

project = "Ferrotope"
author = "The Ferrotope developers"
copyright = "2026, The Ferrotope developers"
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_title = "Ferrotope"

myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True

napoleon_google_docstring = False
autodoc_typehints = "none"  # the numpydoc sections name the types
autodoc_member_order = "bysource"
