"""What verbs about one role or draft hold while they work."""

from typing import Any

from django.core.exceptions import ValidationError

from apps.loops.models import LoopPlan, Role


def open_role(pk: int, by: Any) -> Role:
    """The role, locked. Whoever waited for the lock may find it closed."""
    role = Role.objects.select_for_update().editable_by(by).filter(pk=pk).first()
    if role is None:
        raise ValidationError("This role is closed. Open it again before you change its requirements or plans.")
    return role


def editable(plan: LoopPlan, by: Any) -> LoopPlan:
    """The draft, locked. Whoever waited for the lock (a second click) may find it published meanwhile."""
    by.require(leader=True)
    drafts = LoopPlan.objects.select_for_update(of=("self",)).editable_by(by).select_related("role")
    draft = drafts.filter(pk=plan.pk).first()
    if draft is None:
        raise ValidationError("This plan is no longer a draft. Copy it to change it.")
    return draft
