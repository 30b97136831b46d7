"""The report: one offline HTML page with its figures, made from a Result alone."""

from ferrotope.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
