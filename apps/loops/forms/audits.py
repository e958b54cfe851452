"""Forms for entering an existing loop and for matching its stations to the library."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import formset_factory

from apps.library.models import Station
from apps.loops.core.existing import (
    MAX_BYTES,
    MAX_INTERVIEWERS,
    MAX_MINUTES,
    MAX_NAME,
    MAX_STATIONS,
    MIN_MINUTES,
    UNNAMED,
    ExistingLoop,
    ExistingLoopError,
    ExistingStation,
    Source,
    clean,
    parse,
    stations_of,
)
from apps.loops.core.matching import Suggestion
from apps.loops.models import LoopPlan

ROWS = 8


class MostChangesForm(forms.Form):
    most_changes = forms.IntegerField(
        label="Change at most",
        required=False,
        min_value=0,
        max_value=MAX_STATIONS,
        help_text="How many stations a repair may swap, add or take out. Empty: as many as it takes.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class ExistingLoopForm(MostChangesForm):
    """A loop from a file, pasted text or rows typed into a table: one of the three."""

    name = forms.CharField(
        label="What you call it", required=False, max_length=MAX_NAME, help_text="Empty: the file's name."
    )
    file = forms.FileField(
        label="A file",
        required=False,
        allow_empty_file=True,
        help_text="CSV, YAML, or the job stages of Greenhouse as JSON.",
    )
    text = forms.CharField(
        label="or paste it",
        required=False,
        strip=False,
        help_text="Name, minutes, interviewers, for example:<br><code>Recruiter call,30,1<br>LeetCode,60,2</code>",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "font-monospace"}),
    )
    field_order = ["name", "file", "text", "most_changes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("name", "file", "text")  # the page has the table of stations before the last one

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload: UploadedFile | None = data.get("file")
        self.source: Source | None = None
        self.loop: ExistingLoop | None = None
        if upload is not None and (data.get("text") or "").strip():
            raise forms.ValidationError("There is a file and pasted text. Leave one of them out.")
        if upload is not None:
            if (upload.size or 0) > MAX_BYTES:
                raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1000} kB. A loop is a short list.")
            self._read(upload.name or "", upload.read())
        elif (data.get("text") or "").strip():
            self._read("", data["text"].encode("utf-8", "replace"))
        return data

    def _read(self, file_name: str, content: bytes) -> None:
        try:
            self.loop, self.source = parse(file_name, content)
        except ExistingLoopError as error:
            self._keep(content)
            raise forms.ValidationError(error.problems) from error

    def _keep(self, content: bytes) -> None:
        """A browser forgets the file it sent: what it said stays in the text field, to be put right there."""
        field = self.add_prefix("text")
        if not str(self.data.get(field) or "").strip() and b"\0" not in content:
            self.data = {**dict(self.data.items()), field: content.decode("utf-8-sig", "replace")}

    def named(self, loop: ExistingLoop) -> ExistingLoop:
        """The loop under the name typed here, if one was."""
        name = clean(self.cleaned_data.get("name") or "")
        return loop.model_copy(update={"name": name}) if name else loop


class RowForm(forms.Form):
    """One station typed into the table; a row without a name is empty."""

    name = forms.CharField(required=False, max_length=MAX_NAME)
    minutes = forms.IntegerField(required=False, min_value=MIN_MINUTES, max_value=MAX_MINUTES)
    interviewers = forms.IntegerField(required=False, min_value=1, max_value=MAX_INTERVIEWERS)
    reviewed_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = (self.prefix or "row-0").rpartition("-")[2]
        number = int(place) + 1 if place.isdecimal() else ""
        labels = {
            "name": f"Name of station {number}",
            "minutes": f"Minutes of station {number}",
            "interviewers": f"Interviewers of station {number}",
            "reviewed_on": f"Last review of station {number}",
        }
        for field_name, label in labels.items():
            self.fields[field_name].widget.attrs.update({"aria-label": label, "class": "form-control"})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        others = [data.get(field) for field in ("minutes", "interviewers", "reviewed_on")]
        if not clean(data.get("name") or "") and "name" not in self.errors and any(others):
            self.add_error("name", "This row has no name.")
        return data


RowFormSet = formset_factory(RowForm, extra=ROWS, max_num=MAX_STATIONS, absolute_max=MAX_STATIONS)


def typed_loop(rows: Any, name: str) -> ExistingLoop | None:
    """The loop typed into a valid table; None where nothing was."""
    typed = [form.cleaned_data for form in rows.forms if clean(form.cleaned_data.get("name") or "")]
    return ExistingLoop(name=clean(name) or UNNAMED, stations=stations_of(typed)) if typed else None


class PlanToAuditForm(MostChangesForm):
    """One of our own plans, of any role."""

    plan = forms.ModelChoiceField(LoopPlan.objects.none(), empty_label="Choose a plan", label="Loop plan")
    field_order = ["plan", "most_changes"]

    def __init__(self, *args: Any, plans: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]  # a ModelChoiceField


class MatchForm(forms.Form):
    """What each station of a loop is in the library, what it takes and who is in the room.

    `suggested` has one tuple a station; the first is chosen beforehand, unless the loop names its match itself or
    somebody has confirmed that there is none.
    """

    def __init__(
        self,
        *args: Any,
        stations: Sequence[ExistingStation],
        suggested: Sequence[Sequence[Suggestion]],
        library: Mapping[str, Station],
        is_confirmed: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.loop = stations
        self.suggested = suggested
        self.library = library
        everything = [(slug, str(station)) for slug, station in library.items()]
        everything.sort(key=lambda choice: choice[1])
        for number, (station, suggestions) in enumerate(zip(stations, suggested, strict=True)):
            names = [(one.station_id, str(library[one.station_id])) for one in suggestions]
            choices = [("", "Not in the library")]
            choices += [("Suggested", names)] if names else []  # type: ignore[list-item]  # a group of choices
            choices += [("The whole library", everything)]  # type: ignore[list-item]  # a group of choices
            best = suggestions[0].station_id if suggestions and not is_confirmed else ""
            self._add(
                f"station-{number}",
                forms.ChoiceField(choices=choices, required=False, initial=station.station or best),
                f"{station.name} in the library",
                "form-select",
            )
            self._add(
                f"minutes-{number}",
                forms.IntegerField(
                    required=False, min_value=MIN_MINUTES, max_value=MAX_MINUTES, initial=station.minutes
                ),
                f"Minutes of {station.name}",
                "form-control",
            )
            self._add(
                f"interviewers-{number}",
                forms.IntegerField(
                    required=False, min_value=1, max_value=MAX_INTERVIEWERS, initial=station.interviewers
                ),
                f"Interviewers of {station.name}",
                "form-control",
            )

    def _add(self, name: str, field: forms.Field, label: str, style: str) -> None:
        field.widget.attrs.update({"aria-label": label, "class": style})
        self.fields[name] = field

    @property
    def lines(self) -> list[dict[str, Any]]:
        """One line a station, for the page."""
        return [
            {
                "station": station,
                "best": suggestions[0] if suggestions else None,
                "is_by_name": bool(suggestions)
                and [one.casefold() for one in suggestions[0].because] == [station.name.casefold()],
                "match": self[f"station-{number}"],
                "minutes": self[f"minutes-{number}"],
                "interviewers": self[f"interviewers-{number}"],
            }
            for number, (station, suggestions) in enumerate(zip(self.loop, self.suggested, strict=True))
        ]

    def stations(self) -> tuple[ExistingStation, ...]:
        """The loop's stations with what this form says of them."""
        return tuple(
            station.model_copy(
                update={
                    "station": self.cleaned_data[f"station-{number}"] or None,
                    "minutes": self.cleaned_data[f"minutes-{number}"],
                    "interviewers": self.cleaned_data[f"interviewers-{number}"],
                }
            )
            for number, station in enumerate(self.loop)
        )
