"""Forms for roles and their requirements."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.forms import formset_factory

from apps.library.models import Competency, RolePreset
from apps.loops.core.inputs import PanelRules, RequirementLine
from apps.loops.models import Blindness, Requirement, Role

#: No id has more.
MOST_DIGITS = 19


class RoleForm(forms.ModelForm):
    preset = forms.ModelChoiceField(
        RolePreset.objects.order_by("position", "id"),
        required=False,
        blank=True,
        empty_label="Empty: I name the competencies myself",
        label="Begin with",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Role
        fields = ["title", "preset", "summary"]
        widgets = {"summary": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"summary": "What this person will do, in two or three sentences."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("preset", RolePreset.objects.order_by("position", "id").first())
        self.helper = FormHelper()
        self.helper.add_input(Submit("create", "Create role"))


class RequirementForm(forms.Form):
    """One row of the requirements table: one competency of the library.

    `known` holds the library's competencies by id, loaded once for the whole table.
    """

    competency = forms.IntegerField(widget=forms.HiddenInput)
    needed = forms.BooleanField(required=False)
    weight = forms.IntegerField(
        min_value=1,
        max_value=5,
        error_messages={"min_value": "A weight is 1 to 5. To leave a competency out, untick it."},
    )
    bar = forms.TypedChoiceField(
        coerce=int, choices=[(1, "1"), (2, "2 near"), (3, "3 at the bar"), (4, "4 well above")]
    )
    must_pass = forms.BooleanField(required=False)
    min_signals = forms.IntegerField(min_value=0, max_value=4)

    def __init__(self, *args: Any, known: Mapping[int, Competency], **kwargs: Any) -> None:
        # Each row says what it says, however many "initial" ones the management form claims.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})
        self.known = known
        typed = str(self["competency"].value())
        self.item = known.get(int(typed)) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None
        name = self.item.name if self.item else "competency"
        labels = {
            "needed": f"{name} is needed",
            "weight": f"Weight of {name}",
            "bar": f"Bar of {name}",
            "must_pass": f"{name} must be passed",
            "min_signals": f"Least number of signals on {name}",
        }
        for field_name, label in labels.items():
            field = self.fields[field_name]
            style = "form-check-input" if isinstance(field.widget, forms.CheckboxInput) else "form-control"
            if isinstance(field.widget, forms.Select):
                style = "form-select"
            field.widget.attrs.update({"aria-label": label, "class": style})

    def clean_competency(self) -> int:
        pk: int = self.cleaned_data["competency"]
        if pk not in self.known:
            raise forms.ValidationError("This competency is not in the library. Load the page again.")
        return pk

    def line(self) -> RequirementLine:
        data = self.cleaned_data
        return RequirementLine(
            competency_id=data["competency"],
            weight=data["weight"],
            bar=data["bar"],
            must_pass=data["must_pass"],
            min_signals=data["min_signals"],
        )


RequirementFormSet = formset_factory(RequirementForm, extra=0)


def requirement_rows(competencies: list[Competency], requirements: list[Requirement]) -> list[dict[str, Any]]:
    """Initial values of the table: every competency of the library, those the role needs ticked."""
    required = {requirement.competency_id: requirement for requirement in requirements}
    rows = []
    for competency in competencies:
        requirement = required.get(competency.pk)
        rows.append(
            {
                "competency": competency.pk,
                "needed": requirement is not None,
                "weight": requirement.weight if requirement else 1,
                "bar": requirement.bar if requirement else 3,
                "must_pass": requirement.must_pass if requirement else False,
                "min_signals": requirement.min_signals if requirement else 1,
            }
        )
    return rows


class WeightsReasonForm(forms.Form):
    weights_reason = forms.CharField(
        label="Why the weights differ",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only needed where they do. Every packet prints it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class PanelRulesForm(forms.ModelForm):
    """How a role's panels work."""

    blindness = forms.ChoiceField(
        label="Who reads what others wrote, and when",
        choices=Blindness,
        widget=forms.RadioSelect,
        help_text="Never before one's own scorecard, whatever is chosen here.",
    )

    class Meta:
        model = Role
        fields = ["blindness", "reasons_required", "scorecard_hours", "quorum", "reading_minutes", "decider_apart"]
        labels = {
            "reasons_required": "Every level needs its reason in words",
            "scorecard_hours": "Hours until a scorecard is due",
            "quorum": "Scorecards that open a debrief",
            "reading_minutes": "Minutes of silent reading",
            "decider_apart": "Who decides is not of the panel",
        }
        help_texts = {
            "reasons_required": "Otherwise only the lowest and the highest level do.",
            "scorecard_hours": "From the end of the interview, 1 to 336.",
            "quorum": "Leave it empty to wait for everybody's.",
            "reading_minutes": "0 to 60; then comes the second vote.",
            "decider_apart": "A leader who interviewed this candidate cannot record the decision then.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Fieldset("Pinned when a candidacy begins", "blindness", "reasons_required"),
            Fieldset(
                "In force at once", "scorecard_hours", "quorum", "reading_minutes", "decider_apart", css_class="mt-4"
            ),
        )
        self.helper.add_input(Submit("save", "Save"))

    def rules(self) -> PanelRules:
        return PanelRules(**{name: self.cleaned_data[name] for name in self._meta.fields or ()})
