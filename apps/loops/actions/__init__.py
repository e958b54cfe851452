"""Verbs about roles and loop plans."""

from apps.loops.actions.audits import confirm_matches, draft_repair, report_of, start_audit, start_audit_of_plan
from apps.loops.actions.plans import (
    SOLVE_SECONDS,
    PlanImpossible,
    archive_plan,
    copy_plan,
    draft_from_stations,
    generate_plan,
    publish_plan,
    regenerate_plan,
    sheet_of,
)
from apps.loops.actions.roles import create_role, save_requirements, set_panel_rules
from apps.loops.actions.stations import (
    add_station,
    allow_station,
    move_station,
    pin_station,
    remove_station,
    suggest_order,
    swap_station,
)

__all__ = [
    "SOLVE_SECONDS",
    "PlanImpossible",
    "add_station",
    "allow_station",
    "archive_plan",
    "confirm_matches",
    "copy_plan",
    "create_role",
    "draft_from_stations",
    "draft_repair",
    "generate_plan",
    "move_station",
    "pin_station",
    "publish_plan",
    "regenerate_plan",
    "remove_station",
    "report_of",
    "save_requirements",
    "set_panel_rules",
    "sheet_of",
    "start_audit",
    "start_audit_of_plan",
    "suggest_order",
    "swap_station",
]
