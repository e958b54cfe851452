"""The form of the what-if page: limits of a loop and its role's requirements, with other numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from apps.loops.core.problem import DEFAULT_TARGET_RELIABILITY
from apps.loops.core.what_if import WhatIf
from apps.loops.models import LoopPlan, Requirement
from apps.loops.translate import written_hours


@dataclass(frozen=True)
class NeedRow:
    """The fields about one competency; no target where it need not be passed."""

    requirement: Requirement
    weight: BoundField
    signals: BoundField
    target: BoundField | None


class WhatIfForm(forms.Form):
    """Always bound: what the address says, and the plan's own numbers for the rest."""

    candidate_minutes = forms.IntegerField(label="Candidate minutes", min_value=15, max_value=1200)
    interviewer_hours = forms.DecimalField(label="Interviewer hours", min_value=0.5, max_value=100, decimal_places=2)
    min_ai_craft = forms.IntegerField(label="AI craft stations, at least", min_value=0, max_value=5)
    ai_craft_share = forms.IntegerField(label="Share of AI craft, at least (%)", min_value=0, max_value=100)

    def __init__(self, data: QueryDict, *, plan: LoopPlan, requirements: Sequence[Requirement]) -> None:
        self.plan, self.requirements = plan, requirements
        self.start: dict[str, int | Decimal] = {
            "candidate_minutes": plan.candidate_minutes,
            "interviewer_hours": Decimal(written_hours(plan.interviewer_minutes)),
            "min_ai_craft": plan.min_ai_craft,
            "ai_craft_share": plan.ai_craft_share,
        }
        for line in requirements:
            slug = line.competency.slug
            self.start |= {f"weight_{slug}": line.weight, f"signals_{slug}": line.min_signals}
            if line.must_pass:
                self.start[f"target_{slug}"] = Decimal(f"{DEFAULT_TARGET_RELIABILITY:.2f}")
        typed = {name: str(value) for name, value in data.items() if name in self.start}
        values = {name: str(value) for name, value in self.start.items()} | typed
        super().__init__(values, initial=self.start)
        for line in requirements:
            self._add_fields(line)
        steps = {"candidate_minutes": (60, 480, 15), "interviewer_hours": (1, 24, 0.25), "min_ai_craft": (0, 5, 1)}
        steps["ai_craft_share"] = (0, 100, 5)
        for name, field in self.fields.items():
            low, high, step = steps.get(name) or self._scale(name)
            if not name.startswith("weight"):
                field.widget.attrs["step"] = "any" if isinstance(field, forms.DecimalField) else "1"
            field.widget.attrs |= {
                "class": "form-control",
                "data-slide": f"{low} {high} {step}",
                "aria-label": str(field.label),
            }

    @staticmethod
    def _scale(name: str) -> tuple[float, float, float]:
        return {"weight": (1, 5, 1), "signals": (0, 4, 1), "target": (0, 0.9, 0.05)}[name.partition("_")[0]]

    def _add_fields(self, line: Requirement) -> None:
        slug, name = line.competency.slug, line.competency.name
        self.fields[f"weight_{slug}"] = forms.IntegerField(label=f"Weight of {name}", min_value=1, max_value=5)
        self.fields[f"signals_{slug}"] = forms.IntegerField(label=f"Least signals on {name}", min_value=0, max_value=4)
        if line.must_pass:
            self.fields[f"target_{slug}"] = forms.DecimalField(
                label=f"Target reliability of {name}", min_value=0, max_value=0.95, decimal_places=2
            )

    @property
    def need_rows(self) -> list[NeedRow]:
        return [
            NeedRow(
                requirement=line,
                weight=self[f"weight_{line.competency.slug}"],
                signals=self[f"signals_{line.competency.slug}"],
                target=self[f"target_{line.competency.slug}"] if line.must_pass else None,
            )
            for line in self.requirements
        ]

    @property
    def limit_fields(self) -> list[BoundField]:
        return [self[name] for name in ("candidate_minutes", "interviewer_hours", "min_ai_craft", "ai_craft_share")]

    @property
    def changed_needs(self) -> bool:
        """Whether more than the plan's limits differ: what the role requires is changed on the role."""
        return any(name.startswith(("weight_", "signals_", "target_")) for name in self.changed_data)

    def accepts(self, changes: Mapping[str, str]) -> bool:
        """Whether it has these fields, and would take what was typed with these changes."""
        if not changes.keys() <= self.fields.keys():
            return False
        changed = QueryDict(urlencode({**self.data, **changes}))
        return WhatIfForm(changed, plan=self.plan, requirements=self.requirements).is_valid()

    def limit_values(self) -> dict[str, Any]:
        """The limits as they were typed."""
        return {field.name: field.value() for field in self.limit_fields}

    def numbers(self) -> WhatIf:
        return WhatIf(
            candidate_minutes=self.cleaned_data["candidate_minutes"],
            interviewer_minutes=round(self.cleaned_data["interviewer_hours"] * 60),
            min_ai_craft=self.cleaned_data["min_ai_craft"],
            ai_craft_share=self.cleaned_data["ai_craft_share"],
            weights=self._by_competency("weight"),
            signals=self._by_competency("signals"),
            targets={slug: float(target) for slug, target in self._by_competency("target").items()},
        )

    def _by_competency(self, prefix: str) -> dict[str, Any]:
        """Competency -> the value of its field of this name."""
        start = f"{prefix}_"
        return {name[len(start) :]: value for name, value in self.cleaned_data.items() if name.startswith(start)}
