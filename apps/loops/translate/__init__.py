"""Rows to the planner's values, and its answers to what pages show."""

from apps.loops.translate.page import PlanPage, plan_page
from apps.loops.translate.problem import plan_options, planning_problem
from apps.loops.translate.words import clash_lines

__all__ = ["PlanPage", "clash_lines", "plan_options", "plan_page", "planning_problem"]
