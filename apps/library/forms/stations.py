"""The form of a station and the rows of its tables."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.forms import formset_factory

from apps.library.forms.fields import LinesField, PlainTextField
from apps.library.models import Station, StationVersion


class StationForm(forms.Form):
    """Everything a station says, apart from its tables."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    slug = forms.CharField(
        label="Address",
        required=False,
        max_length=50,
        help_text="Part of its link; it never changes. Empty: from the name.",
    )
    name = forms.CharField(required=False)
    also_called = LinesField(
        label="Also called",
        rows=3,
        help_text="Names it goes by elsewhere, one a line: “System design”, “Recruiter screen”.",
    )
    kind = forms.ChoiceField(choices=[("", "Choose"), *Station.Kind.choices], required=False)
    kit = forms.CharField(required=False, help_text="Only for AI craft: the name of the package it runs on.")
    half_life_months = forms.IntegerField(
        label="Half-life in months", required=False,
        help_text="6 for the practice of language models, agents and retrieval; 36 to 60 for most of the rest.",
    )  # fmt: skip
    minutes = forms.IntegerField(label="Minutes with the candidate", required=False)
    interviewers = forms.IntegerField(required=False)
    preparation_minutes = forms.IntegerField(
        label="Preparation in minutes", required=False, help_text="Before and after, for each interviewer."
    )
    purpose = PlainTextField(rows=2, help_text="The one question it answers.")
    format = PlainTextField(rows=3, help_text="Who sits where, with what, alone or together.")
    ai_policy = forms.ChoiceField(
        label="AI assistants", choices=[("", "Choose"), *StationVersion.AiPolicy.choices], required=False
    )
    ai_policy_reason = PlainTextField(label="Why", rows=2)
    candidate_brief = PlainTextField(
        label="Candidate's brief",
        rows=12,
        help_text="All that is not the answer: format, minutes, tools, AI assistants, what is assessed, how to ask for "
        "another arrangement. An empty line begins a paragraph.",
    )
    strong_looks_like = LinesField(label="Strong looks like", rows=9, help_text="One a line: what one sees or hears.")
    weak_looks_like = LinesField(label="Weak looks like", rows=9, help_text="One a line.")
    green_flags = LinesField(label="Green flags", rows=5, help_text="One a line.")
    red_flags = LinesField(label="Red flags", rows=5, help_text="One a line.")
    could_mislead = PlainTextField(
        label="How it could mislead", rows=4, help_text="What it rewards besides, and the probe that corrects for it."
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["slug"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        third, half = "col-sm-4", "col-lg-6"
        self.helper.layout = Layout(
            Field("revision"),
            HTML('<section class="card-x"><h2>What it is</h2>'),
            Div(
                Div("name", css_class=half),
                *([Div("slug", css_class=half)] if is_new else []),
                Div("purpose", css_class="col-12"),
                Div("kind", css_class=third),
                Div("kit", css_class=third),
                Div("half_life_months", css_class=third),
                Div("minutes", css_class=third),
                Div("interviewers", css_class=third),
                Div("preparation_minutes", css_class=third),
                Div("format", css_class=half),
                Div("also_called", css_class=half),
                css_class="row",
            ),
            HTML('</section><section class="card-x"><h2>What the candidate is told</h2>'),
            Div(
                Div("ai_policy", css_class=third),
                Div("ai_policy_reason", css_class="col-sm-8"),
                Div("candidate_brief", css_class="col-12"),
                css_class="row",
            ),
            HTML('</section><section class="card-x"><h2>What it looks like</h2>'),
            Div(
                *(Div(name, css_class=half) for name in
                  ("strong_looks_like", "weak_looks_like", "green_flags", "red_flags")),
                Div("could_mislead", css_class="col-12"),
                css_class="row",
            ),
            HTML("</section>"),
        )  # fmt: skip


class RowForm(forms.Form):
    """A row of a table. An empty one does not count, and neither does one that is to be removed."""

    remove = forms.BooleanField(required=False, label="Remove")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Each row says what it says, however many "initial" ones the management form claims.
        super().__init__(*args, **{**kwargs, "empty_permitted": False})

    @property
    def counts(self) -> bool:
        data = self.cleaned_data
        return not data.get("remove") and any(
            value not in (None, "", []) for name, value in data.items() if name != "remove"
        )


class MeasureForm(RowForm):
    competency = forms.ChoiceField(required=False)
    reliability = forms.DecimalField(required=False, max_digits=3, decimal_places=2)

    def __init__(self, *args: Any, choices: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competency"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class StepForm(RowForm):
    at = forms.IntegerField(label="Minute", required=False)
    do = PlainTextField(label="What the interviewer does", rows=3)


class QuestionForm(RowForm):
    ask = PlainTextField(label="Question", rows=2)
    probes = LinesField(rows=5, help_text="One a line.")
    weak = PlainTextField(label="A weak answer", rows=2)
    sound = PlainTextField(label="A sound answer", rows=2)
    exceptional = PlainTextField(label="An exceptional answer", rows=2)


MeasureFormSet = formset_factory(MeasureForm, extra=1, max_num=20, absolute_max=40)
StepFormSet = formset_factory(StepForm, extra=1, max_num=60, absolute_max=90)
QuestionFormSet = formset_factory(QuestionForm, extra=1, max_num=40, absolute_max=60)
