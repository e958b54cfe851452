"""What people fill in to ask for packets: clean and stop."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from apps.interviews.models import Candidacy


class RequestPacketsForm(forms.Form):
    """Which packets of one candidacy."""

    kinds = forms.MultipleChoiceField(
        label="Make",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of packet."},
    )

    def __init__(self, *args: Any, candidacy: Candidacy, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]  # the field above is one of choices
        self.helper = FormHelper()
        self.helper.form_action = reverse("packet-request", args=[candidacy.pk])
        self.helper.layout = Layout("kinds", Submit("make", "Make packets"))


class CandidacyChoices(forms.ModelMultipleChoiceField):
    """Candidacies by candidate and role."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.candidate.name}, {obj.role.title}"


class BulkPacketsForm(forms.Form):
    """The same kinds of packets for several candidacies."""

    kinds = forms.MultipleChoiceField(
        label="Make",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of packet."},
    )
    candidacies = CandidacyChoices(
        label="For",
        queryset=Candidacy.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one candidate."},
    )

    def __init__(
        self, *args: Any, candidacies: QuerySet[Candidacy], kinds: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]  # the field above is one of choices
        self.fields["candidacies"].queryset = candidacies  # type: ignore[attr-defined]  # as above
        self.helper = FormHelper()
        self.helper.form_action = reverse("packets-bulk")
        self.helper.layout = Layout("kinds", "candidacies", Submit("make", "Make packets"))
