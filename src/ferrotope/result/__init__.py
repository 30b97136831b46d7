"""The result of a study: records, labelled arrays, and how they are saved, loaded and explained."""

from ferrotope.result.records import Notice, Outcome, Record, Series
from ferrotope.result.result import RESULT_SCHEMA, Input, Interval, Result, Score

__all__ = ["RESULT_SCHEMA", "Input", "Interval", "Notice", "Outcome", "Record", "Result", "Score", "Series"]
