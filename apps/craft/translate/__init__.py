"""Rows and reports to what pages show, and files to rows."""

from apps.craft.translate.guide import GuideGone, GuidePage, to_guide
from apps.craft.translate.report import Report, to_report
from apps.craft.translate.runs import MOST_BYTES as MOST_RUNS_BYTES
from apps.craft.translate.runs import RunRow, parse_runs
from apps.craft.translate.storing import storable

__all__ = [
    "MOST_RUNS_BYTES",
    "GuideGone",
    "GuidePage",
    "Report",
    "RunRow",
    "parse_runs",
    "storable",
    "to_guide",
    "to_report",
]
