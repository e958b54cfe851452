"""Forms for the limits of a loop and for its stations."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms

from apps.library.models import Station
from apps.loops.core.inputs import PlanLimits
from apps.loops.models import LoopPlan, Role


class LimitsForm(forms.Form):
    """What a loop may cost and must contain."""

    candidate_minutes = forms.IntegerField(
        label="Candidate minutes", min_value=15, max_value=1200, help_text="The whole loop, without breaks."
    )
    interviewer_hours = forms.DecimalField(
        label="Interviewer hours",
        min_value=0.5,
        max_value=100,
        decimal_places=2,
        help_text="All interviewers together, with preparation.",
    )
    min_ai_craft = forms.IntegerField(
        label="AI craft stations, at least",
        min_value=0,
        max_value=5,
        help_text="At least one wherever LLM craft is required.",
    )

    def __init__(self, *args: Any, needs_ai_craft: bool = False, button: str = "Generate", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_ai_craft = needs_ai_craft
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div(
                Div(Field("candidate_minutes"), css_class="col-sm-4"),
                Div(Field("interviewer_hours"), css_class="col-sm-4"),
                Div(Field("min_ai_craft"), css_class="col-sm-4"),
                css_class="row",
            )
        )
        if button:
            self.helper.layout.append(Submit("generate", button))

    @staticmethod
    def initial_of(thing: Role | LoopPlan) -> dict[str, Any]:
        return {
            "candidate_minutes": thing.candidate_minutes,
            "interviewer_hours": f"{thing.interviewer_minutes / 60:.4g}",
            "min_ai_craft": thing.min_ai_craft,
        }

    def clean_min_ai_craft(self) -> int:
        least: int = self.cleaned_data["min_ai_craft"]
        if self.needs_ai_craft and least < 1:
            raise forms.ValidationError("This role requires LLM craft: plan at least one AI craft station.")
        return least

    def limits(self) -> PlanLimits:
        return PlanLimits(
            candidate_minutes=self.cleaned_data["candidate_minutes"],
            interviewer_minutes=round(self.cleaned_data["interviewer_hours"] * 60),
            min_ai_craft=self.cleaned_data["min_ai_craft"],
        )


class StationChoiceForm(forms.Form):
    """Choose a station that is not in the plan."""

    station = forms.ModelChoiceField(Station.objects.none(), empty_label="Choose a station")

    def __init__(self, *args: Any, stations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]  # a ModelChoiceField
