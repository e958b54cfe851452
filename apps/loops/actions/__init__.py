"""Verbs about roles and loop plans."""

from apps.loops.actions.plans import (
    SOLVE_SECONDS,
    PlanImpossible,
    add_station,
    allow_station,
    archive_plan,
    copy_plan,
    generate_plan,
    move_station,
    pin_station,
    publish_plan,
    regenerate_plan,
    remove_station,
    suggest_order,
    swap_station,
)
from apps.loops.actions.roles import create_role, save_requirements

__all__ = [
    "SOLVE_SECONDS",
    "PlanImpossible",
    "add_station",
    "allow_station",
    "archive_plan",
    "copy_plan",
    "create_role",
    "generate_plan",
    "move_station",
    "pin_station",
    "publish_plan",
    "regenerate_plan",
    "remove_station",
    "save_requirements",
    "suggest_order",
    "swap_station",
]
