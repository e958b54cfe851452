"""A grader's report as its page shows it."""

from apps.craft.translate.report.reading import diff_lines, to_report
from apps.craft.translate.report.values import Report

__all__ = ["Report", "diff_lines", "to_report"]
