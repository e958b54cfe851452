"""Forms about the kits themselves."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from apps.craft.models.kits import LEAST_GAIN, MOST_GAIN
from apps.craft.translate import MOST_RUNS_BYTES, RunRow, parse_runs
from apps.interviews.core.csv_rows import CsvError


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class _Dated(forms.Form):
    """A form with a day that may not lie in the future. `names`: two of them stand on one page."""

    names: str

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": today})
        kwargs.setdefault("auto_id", self.names)
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("That day is still to come.")
        return on


class RunForm(_Dated):
    """One run of an assistant alone."""

    names = "run_%s"

    assistant = forms.CharField(
        label="Assistant", max_length=120, help_text="Which one, and in which version, as exactly as you know."
    )
    gain = forms.FloatField(
        label="Gain", min_value=LEAST_GAIN, max_value=MOST_GAIN, help_text="0 is the start, 1 the reference."
    )
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=10_000)
    on = _day_field("Day")
    note = forms.CharField(label="Note", max_length=300, required=False)

    def run(self) -> RunRow:
        return RunRow(**self.cleaned_data)


class RunsForm(forms.Form):
    """Several runs from a CSV file, or pasted."""

    file = forms.FileField(
        label="CSV file",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(
        label="or paste the rows",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "font-monospace"}),
        help_text="First line: assistant, gain, minutes, on, and if you like version and note.",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None and upload.size > MOST_RUNS_BYTES:
            raise forms.ValidationError(f"The file is larger than {MOST_RUNS_BYTES // 1024} kB. Split it.")
        content = upload.read() if upload is not None else (data.get("text") or "").encode("utf-8", "replace")
        if not content.strip():
            raise forms.ValidationError("Choose a file or paste rows.")
        try:
            self.runs: list[RunRow] = parse_runs(content, today=self.today)
        except CsvError as error:
            if upload is not None:
                self._show(content)
            raise forms.ValidationError(error.problems) from error
        return data

    def _show(self, content: bytes) -> None:
        """Put a file's text where it can be put right at once."""
        text = content.decode("utf-8", "replace").replace("\x00", "")
        self.data = {**self.data.dict(), "text": text}  # type: ignore[attr-defined]  # a QueryDict


class ReviewForm(_Dated):
    """Somebody went through the kit."""

    names = "review_%s"

    on = _day_field("Reviewed on")
    note = forms.CharField(
        label="What was checked",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was checked."},
    )


class RetireForm(forms.Form):
    reason = forms.CharField(
        label="Why it is retired", max_length=1000, error_messages={"required": "Say why the kit is retired."}
    )
