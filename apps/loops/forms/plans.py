"""Forms for the limits of a loop and for its stations."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.template.loader import render_to_string

from apps.library.models import Station
from apps.loops.core.inputs import PlanLimits
from apps.loops.models import LoopPlan, Role
from apps.loops.translate import written_hours

#: The least number of AI craft stations stands among the first limits.
KIND_SIDES = tuple(
    (kind, side)
    for kind in Station.Kind.values
    for side in ("least", "most")
    if (kind, side) != (Station.Kind.AI_CRAFT.value, "least")
)
MORE = ("ai_craft_share", "day_minutes", "max_stations", "max_competencies")
MOST_OF_A_KIND = 20


def kind_field(kind: str, side: str) -> str:
    """The name of the field for the least or most stations of a kind."""
    return f"kind_{kind}_{side}"


class MoreLimits:
    """The limits most loops do without, behind a disclosure that is open where one of them is set."""

    def render(self, form: "LimitsForm", context: Any, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> str:
        names = [*MORE, *(kind_field(kind, side) for kind, side in KIND_SIDES)]
        form.rendered_fields.update(names)  # type: ignore[attr-defined]  # crispy notes there what it has drawn
        fields = [form[name] for name in names]
        values = {
            "more": [form[name] for name in MORE],
            "kinds": form.kind_rows(),
            "is_open": any(field.errors or field.value() not in (None, "", 0) for field in fields),
        }
        return render_to_string("loops/_more_limits.html", values)


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
    ai_craft_share = forms.IntegerField(
        label="Share of AI craft, at least (%)",
        min_value=0,
        max_value=100,
        required=False,
        help_text="Of the candidate's minutes.",
    )
    day_minutes = forms.IntegerField(
        label="Minutes on one day",
        min_value=15,
        max_value=600,
        required=False,
        help_text="The candidate's, without breaks; two days at most.",
    )
    max_stations = forms.IntegerField(label="Stations, at most", min_value=1, max_value=20, required=False)
    max_competencies = forms.IntegerField(
        label="Competencies a station, at most",
        min_value=1,
        max_value=20,
        required=False,
        help_text="So that nobody rates eight things in 45 minutes.",
    )

    def __init__(self, *args: Any, needs_ai_craft: bool = False, button: str = "Generate", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_ai_craft = needs_ai_craft
        for kind, side in KIND_SIDES:
            label = f"{Station.Kind(kind).label} stations, at {side}"
            self.fields[kind_field(kind, side)] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_OF_A_KIND, required=False
            )
            self.fields[kind_field(kind, side)].widget.attrs |= {"aria-label": label, "class": "form-control"}
        for name in MORE:
            self.fields[name].widget.attrs["class"] = "form-control"
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Div(
                Div(Field("candidate_minutes"), css_class="col-sm-4"),
                Div(Field("interviewer_hours"), css_class="col-sm-4"),
                Div(Field("min_ai_craft"), css_class="col-sm-4"),
                css_class="row",
            ),
            MoreLimits(),
        )
        if button:
            self.helper.layout.append(Submit("generate", button))

    @staticmethod
    def initial_of(thing: Role | LoopPlan) -> dict[str, Any]:
        initial = {
            "candidate_minutes": thing.candidate_minutes,
            "interviewer_hours": written_hours(thing.interviewer_minutes),
            "min_ai_craft": thing.min_ai_craft,
            "ai_craft_share": thing.ai_craft_share or None,
            "day_minutes": thing.day_minutes,
            "max_stations": thing.max_stations,
            "max_competencies": thing.max_competencies,
        }
        for kind, sides in thing.kinds.items():
            initial |= {kind_field(kind, side): number for side, number in sides.items()}
        return initial

    def accepts(self, changes: Mapping[str, str]) -> bool:
        """Whether it would take what was typed with these changes."""
        changed = {**dict(self.data.items()), **changes}
        return LimitsForm(changed, needs_ai_craft=self.needs_ai_craft).is_valid()

    def kind_rows(self) -> list[tuple[str, list[BoundField]]]:
        return [
            (str(label), [self[kind_field(kind, side)] for other, side in KIND_SIDES if other == kind])
            for kind, label in Station.Kind.choices
        ]

    def clean_min_ai_craft(self) -> int:
        least: int = self.cleaned_data["min_ai_craft"]
        if self.needs_ai_craft and least < 1:
            raise forms.ValidationError("This role requires LLM craft: plan at least one AI craft station.")
        return least

    def clean(self) -> None:
        for kind, sides in self._kinds().items():
            if sides.get("least", 0) > sides.get("most", MOST_OF_A_KIND):
                name = Station.Kind(kind).label
                self.add_error(
                    kind_field(kind, "least"), f"At least {sides['least']} and at most {sides['most']} {name} stations."
                )
        craft = self._kinds().get(Station.Kind.AI_CRAFT.value, {})
        least = self.cleaned_data.get("min_ai_craft")
        if least is not None and least > craft.get("most", MOST_OF_A_KIND):
            self.add_error("min_ai_craft", f"More than the {craft['most']} AI craft stations allowed below.")

    def _kinds(self) -> dict[str, dict[str, int]]:
        """Kind -> least and most, where something is demanded."""
        kinds: dict[str, dict[str, int]] = {}
        for kind, side in KIND_SIDES:
            number = self.cleaned_data.get(kind_field(kind, side))
            if number or (number == 0 and side == "most"):
                kinds.setdefault(kind, {})[side] = number
        return kinds

    def limits(self) -> PlanLimits:
        return PlanLimits(
            candidate_minutes=self.cleaned_data["candidate_minutes"],
            interviewer_minutes=round(self.cleaned_data["interviewer_hours"] * 60),
            min_ai_craft=self.cleaned_data["min_ai_craft"],
            ai_craft_share=self.cleaned_data["ai_craft_share"] or 0,
            day_minutes=self.cleaned_data["day_minutes"],
            max_stations=self.cleaned_data["max_stations"],
            max_competencies=self.cleaned_data["max_competencies"],
            kinds=self._kinds(),
        )


class DraftForm(LimitsForm):
    """A loop somebody found: its limits and its stations, in their order."""

    station = forms.ModelMultipleChoiceField(Station.objects.usable(), to_field_name="slug")

    def station_slugs(self) -> list[str]:
        """In the order given."""
        chosen = {station.slug for station in self.cleaned_data["station"]}
        asked = self.data.getlist("station")  # type: ignore[attr-defined]  # what was posted is a QueryDict
        return [slug for slug in dict.fromkeys(asked) if slug in chosen]


def with_relaxation(data: QueryDict) -> QueryDict:
    """What was typed, with the limits changed that the pressed button names in `apply` (`name=value&name=value`)."""
    if "apply" not in data:
        return data
    changed = data.copy()
    for name, value in QueryDict(str(data["apply"])).items():
        changed[name] = str(value)
    return changed


class StationChoiceForm(forms.Form):
    """Choose a station that is not in the plan."""

    station = forms.ModelChoiceField(Station.objects.none(), empty_label="Choose a station")

    def __init__(self, *args: Any, stations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]  # a ModelChoiceField
