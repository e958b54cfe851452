"""Forms for candidates, their import and the start of a candidacy."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from apps.interviews.core.csv_rows import MAX_BYTES, CandidateRow, CsvError, parse_candidates
from apps.interviews.models import Candidate
from apps.loops.models import Role

TIME_ZONES = [(name, name) for name in sorted(zoneinfo.available_timezones()) if "/" in name or name == "UTC"]


class CandidateForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=TIME_ZONES, initial="UTC", help_text="Times in the brief are shown in it.")

    class Meta:
        model = Candidate
        fields = ["name", "email", "time_zone", "source", "accommodation"]
        widgets = {"accommodation": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"accommodation": "What was agreed; interviewers see it, nothing else about the person."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", "Add candidate"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def _open_roles() -> Any:
    return Role.objects.filter(state=Role.State.OPEN, plans__state="published").order_by("title", "pk")


class CandidateImportForm(forms.Form):
    file = forms.FileField(label="CSV file", required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    text = forms.CharField(
        label="or paste the rows",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "font-monospace"}),
        help_text="First line: name, email, and if you like time_zone and source.",
    )
    role = forms.ModelChoiceField(
        Role.objects.none(), required=False, empty_label="Only add them", label="Start their candidacies for"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = _open_roles()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.helper = FormHelper()
        self.helper.add_input(Submit("import", "Check and import"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None:
            if upload.size > MAX_BYTES:
                raise forms.ValidationError(
                    f"The file has {upload.size / 1024 / 1024:.0f} MB; the most is {MAX_BYTES // 1024 // 1024} MB. "
                    "Split it into smaller ones."
                )
            content = upload.read()
        else:
            content = (data.get("text") or "").encode()
        if not content.strip():
            raise forms.ValidationError("Choose a file or paste rows.")
        try:
            self.rows: list[CandidateRow] = parse_candidates(content)
        except CsvError as error:
            raise forms.ValidationError(error.problems) from error
        return data


class CandidacyForm(forms.Form):
    role = forms.ModelChoiceField(Role.objects.none(), empty_label="Choose a role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = _open_roles()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.helper = FormHelper()
        self.helper.form_tag = False
