"""Rows to the planner's values, and its answers to what pages show."""

from apps.loops.translate.audit import (
    AuditPage,
    Shelf,
    Subject,
    audit_page,
    limits_of_subject,
    loop_of_audit,
    loop_of_plan,
    page_of_audit,
    shelf,
    subject_of,
    subject_of_preset,
)
from apps.loops.translate.compare import ComparisonPage, compare_plans, compare_with_result
from apps.loops.translate.explore import (
    FrontierPicture,
    LeftOutLine,
    frontier_picture,
    left_out_lines,
    stations_of_result,
)
from apps.loops.translate.page import PlanPage, plan_page
from apps.loops.translate.problem import limits_of, plan_options, planning_problem
from apps.loops.translate.question import question_of
from apps.loops.translate.relaxing import RelaxationLine, relaxation_lines
from apps.loops.translate.words import clash_lines, written_hours

__all__ = [
    "AuditPage",
    "ComparisonPage",
    "FrontierPicture",
    "LeftOutLine",
    "PlanPage",
    "RelaxationLine",
    "Shelf",
    "Subject",
    "audit_page",
    "clash_lines",
    "compare_plans",
    "compare_with_result",
    "frontier_picture",
    "left_out_lines",
    "limits_of",
    "limits_of_subject",
    "loop_of_audit",
    "loop_of_plan",
    "page_of_audit",
    "plan_options",
    "plan_page",
    "planning_problem",
    "question_of",
    "relaxation_lines",
    "shelf",
    "stations_of_result",
    "subject_of",
    "subject_of_preset",
    "written_hours",
]
