"""The form that chooses what a plan is compared with."""

from typing import Any

from django import forms

from apps.loops.models import LoopPlan, LoopPlanQuerySet


class CompareForm(forms.Form):
    """Other plans of the same role first, the newest first."""

    def __init__(self, data: Any, *, plan: LoopPlan, others: LoopPlanQuerySet) -> None:
        super().__init__(data)
        plans = sorted(others, key=lambda other: (other.role_id != plan.role_id, other.role.title, -other.number))
        self._plans = {other.pk: other for other in plans}
        self._default = next((other for other in plans if other.state == LoopPlan.State.PUBLISHED), None)
        of_role = [other for other in plans if other.role_id == plan.role_id]
        if of_role and (self._default is None or self._default.role_id != plan.role_id):
            self._default = of_role[0]
        self.fields["with"] = forms.TypedChoiceField(
            label="Compare with",
            coerce=int,
            choices=[(other.pk, f"{other} ({other.get_state_display()})") for other in plans],
            initial=self._default.pk if self._default else None,
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": "This plan is not there. Choose another one."},
        )

    @property
    def has_choice(self) -> bool:
        return bool(self._plans)

    def chosen(self) -> LoopPlan | None:
        """The plan to compare with; None where there is none, or none by that number."""
        if not self.is_bound:
            return self._default
        return self._plans[self.cleaned_data["with"]] if self.is_valid() else None
