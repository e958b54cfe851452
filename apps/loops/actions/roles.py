"""Verbs about roles."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain, count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from apps.common.actions import record
from apps.library.models import RolePreset
from apps.loops.actions.locks import open_role
from apps.loops.core.inputs import PanelRules, PlanLimits, RequirementLine
from apps.loops.models import Requirement, Role


@transaction.atomic
def create_role(*, title: str, summary: str, preset: RolePreset | None, by: Any) -> Role:
    """Make a role, with the preset's requirements and limits where one is given."""
    by.require(leader=True)
    role = Role(title=title, slug=_free_slug(title), summary=summary, preset=preset, created_by=by)
    if preset is not None:
        role.candidate_minutes = preset.candidate_minutes
        role.interviewer_minutes = preset.interviewer_minutes
        role.min_ai_craft = preset.min_ai_craft
    lines = list(preset.requirements.select_related("competency")) if preset else []
    if len({line.weight for line in lines}) > 1:
        role.weights_reason = "From the preset: " + " ".join(
            f"{line.competency.name} ({line.weight}): {line.why}" for line in lines if line.weight > 1
        )
    role.full_clean(exclude=["created_by", "slug"])
    role.save()
    Requirement.objects.bulk_create(
        Requirement(
            role=role,
            competency=line.competency,
            weight=line.weight,
            bar=line.bar,
            must_pass=line.must_pass,
            min_signals=line.min_signals,
        )
        for line in lines
    )
    record(by=by, verb="created role", thing=role, after={"preset": preset.slug if preset else None})
    return role


def _free_slug(title: str) -> str:
    """The title as an address: the first number that is free is added where another role has it."""
    slug = slugify(title)[:120] or "role"
    taken = set(Role.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(name for name in chain([slug], (f"{slug}-{number}" for number in count(2))) if name not in taken)


def _requirements_as_data(role: Role) -> dict[str, Any]:
    return {
        requirement.competency.slug: [
            requirement.weight, requirement.bar, requirement.must_pass, requirement.min_signals
        ]
        for requirement in role.requirements.select_related("competency")
    }  # fmt: skip


@transaction.atomic
def save_requirements(
    *, role: Role, lines: Sequence[RequirementLine], weights_reason: str, limits: PlanLimits, by: Any
) -> Role:
    """Replace what the role requires. Unequal weights need a reason in words (every packet prints it)."""
    by.require(leader=True)
    role = open_role(role.pk, by)
    if not lines:
        raise ValidationError("A role needs at least one competency.")
    if len({line.competency_id for line in lines}) != len(lines):
        raise ValidationError("A competency stands in the table twice.")
    weights_reason = weights_reason.strip()
    if len({line.weight for line in lines}) > 1 and not weights_reason:
        raise ValidationError("The weights differ: say why in one or two sentences, or make them equal.")
    before = _requirements_as_data(role)
    role.weights_reason = weights_reason
    for name, value in asdict(limits).items():
        setattr(role, name, value)
    role.save()
    role.requirements.exclude(competency__in=[line.competency_id for line in lines]).delete()
    requirements = [Requirement(role=role, **asdict(line)) for line in lines]
    for requirement in requirements:
        requirement.clean_fields(exclude=["role", "competency"])  # their validators would ask the database, each line
    Requirement.objects.bulk_create(
        requirements,
        update_conflicts=True,
        unique_fields=["role", "competency"],
        update_fields=["weight", "bar", "must_pass", "min_signals"],
    )
    record(by=by, verb="saved requirements", thing=role, before=before, after=_requirements_as_data(role))
    return role


@transaction.atomic
def set_panel_rules(*, role: Role, rules: PanelRules, by: Any) -> Role:
    """Say how this role's panels work. Candidacies under way keep the blindness and the rule on reasons they have."""
    by.require(leader=True)
    role = open_role(role.pk, by)
    after = asdict(rules)
    before = {name: getattr(role, name) for name in after}
    for name, value in after.items():
        setattr(role, name, value)
    role.clean_fields(exclude=[field.name for field in Role._meta.fields if field.name not in after])
    role.save(update_fields=list(after))
    record(by=by, verb="set panel rules", thing=role, before=before, after=after)
    return role
