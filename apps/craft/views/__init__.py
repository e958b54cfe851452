"""Pages of the AI craft kits."""

from apps.craft.views.assignments import (
    craft_close_links,
    craft_extend,
    craft_interview,
    craft_link,
    craft_mail,
    craft_prepare,
    craft_withdraw,
)
from apps.craft.views.kits import kit, kit_restore, kit_retire, kit_review, kit_run, kit_runs_import, kits
from apps.craft.views.private import craft_private
from apps.craft.views.results import craft_grade, craft_guide, craft_result, craft_submission

__all__ = [
    "craft_close_links",
    "craft_extend",
    "craft_grade",
    "craft_guide",
    "craft_interview",
    "craft_link",
    "craft_mail",
    "craft_prepare",
    "craft_private",
    "craft_result",
    "craft_submission",
    "craft_withdraw",
    "kit",
    "kit_restore",
    "kit_retire",
    "kit_review",
    "kit_run",
    "kit_runs_import",
    "kits",
]
