"""A study: the input, the pipeline through all stages, and sampling."""

from ferrotope.study.study import Study

__all__ = ["Study"]
