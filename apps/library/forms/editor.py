"""The station editor: the form and its tables as one, checked by the rules of the library's files."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as Refused
from django.forms import BaseFormSet
from django.http import QueryDict
from django.utils.text import slugify
from pydantic import ValidationError

from apps.library.core.documents import StationDocument
from apps.library.forms.fields import in_words, place_of
from apps.library.forms.stations import MeasureFormSet, QuestionFormSet, StationForm, StepFormSet
from apps.library.models import Competency, Station
from apps.library.queries import name_problems

MORE_ROWS = 2
#: No table has a number of rows with more digits; one that claims it is refused by the table.
MOST_DIGITS = 9


class StationEditor:
    """The form and its tables as one. After `is_valid()`, `document` holds what was typed as a checked value."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        competencies: Iterable[Competency],
        start: StationDocument | None,
        station: Station | None,
        reviewed_on: dt.date,
    ) -> None:
        """`start` fills the fields; `station` is what is edited, none for a new one."""
        self.station, self.reviewed_on = station, reviewed_on
        self.document: StationDocument | None = None
        self.rows: list[Any] = []  # those of the guide that count, in the order of their minutes
        self.asked: list[Any] = []  # the questions that count
        data = self._with_more_rows(data) if data is not None else None
        choices = _competency_choices(competencies)
        first: dict[str, Any] = (
            initial_of(start) if start is not None else {"interviewers": 1, "preparation_minutes": 15}
        )
        if start is not None and station is None:
            first |= {"name": f"{start.name} (copy)", "also_called": []}
        first["revision"] = station.revision if station else 0
        self.form = StationForm(data, initial=first, is_new=station is None)
        measures, steps, questions = rows_of(start) if start is not None else ([], [], [])
        self.measures = MeasureFormSet(data, initial=measures, prefix="measure", form_kwargs={"choices": choices})
        self.steps = StepFormSet(data, initial=steps, prefix="step")
        self.questions = QuestionFormSet(data, initial=questions, prefix="question")
        if start is None:
            self.measures.extra, self.steps.extra, self.questions.extra = 2, 4, 2

    @staticmethod
    def _with_more_rows(data: QueryDict) -> QueryDict:
        data = data.copy()
        wanted = data.get("do", "")
        for prefix in ("measure", "step", "question"):
            total = data.get(f"{prefix}-TOTAL_FORMS", "")
            if wanted == f"more-{prefix}" and total.isdecimal() and len(total) <= MOST_DIGITS:
                data[f"{prefix}-TOTAL_FORMS"] = str(min(int(total), 1000) + MORE_ROWS)
        return data

    @property
    def tables(self) -> tuple[BaseFormSet, BaseFormSet, BaseFormSet]:
        return self.measures, self.steps, self.questions

    @property
    def revision(self) -> int:
        """What the form began with; one that cannot be read is nobody's."""
        value = self.form.cleaned_data.get("revision")
        return -1 if value is None else value

    def begin_again_with(self, revision: int) -> None:
        """Everything typed stays; sent again, it is meant to replace `revision`."""
        data: Any = self.form.data
        data["revision"] = str(revision)

    def label_of(self, name: str) -> str:
        """What the page calls a field of the document."""
        tables = {"measures": "Measures", "interviewer_guide": "Interviewer's guide", "questions": "Questions"}
        return tables.get(name) or str(self.form[name].label)

    @property
    def problem_count(self) -> int:
        own = sum(len(found) for found in self.form.errors.values())
        return own + sum(table.total_error_count() for table in self.tables)

    def is_valid(self) -> bool:
        well_formed = [self.form.is_valid(), *(table.is_valid() for table in self.tables)]
        if not all(well_formed):
            return False
        self.rows = [form for form in self.steps.forms if form.counts]
        self.rows.sort(key=lambda form: -1 if form.cleaned_data["at"] is None else form.cleaned_data["at"])
        self.asked = [form for form in self.questions.forms if form.counts]
        measured = self._measured()
        try:
            document = StationDocument.model_validate(self._raw(measured))
        except ValidationError as error:
            for fault in error.errors():
                self._attach(fault["loc"], in_words(fault), measured)
            return False
        if problems := name_problems(name=document.name, also_called=document.also_called, station=self.station):
            self.refuse(Refused(problems))
        if self.station is None and Station.objects.filter(slug=document.slug).exists():
            self.form.add_error("slug", "Another station has this address already.")
        if self.problem_count:
            return False
        self.document = document
        return True

    def checked(self) -> StationDocument | None:
        """What was typed as a checked value; none where something is wrong with it, which is then said at its field."""
        return self.document if self.is_valid() else None

    def refuse(self, error: Refused) -> None:
        """Say at its field what the database or a verb would not take."""
        for name, sentences in error.message_dict.items():
            for sentence in sentences:
                if name == "measures":
                    self.measures.non_form_errors().append(sentence)
                else:
                    self.form.add_error(name if name in self.form.fields else None, sentence)

    def _measured(self) -> dict[str, forms.Form]:
        found: dict[str, forms.Form] = {}
        for form in self.measures.forms:
            if form.counts:
                slug = form.cleaned_data["competency"]
                if not slug:
                    form.add_error("competency", "Choose a competency.")
                elif slug in found:
                    form.add_error("competency", "This competency stands in the table twice.")
                else:
                    found[slug] = form
        return found

    def _raw(self, measured: Mapping[str, forms.Form]) -> dict[str, Any]:
        typed = {name: value for name, value in self.form.cleaned_data.items() if name not in ("revision", "slug")}
        reliabilities = {slug: form.cleaned_data["reliability"] for slug, form in measured.items()}
        return {
            **typed,
            "kit": typed["kit"] or None,
            "slug": self.station.slug if self.station else self._new_slug(),
            "state": self.station.state if self.station else Station.State.DRAFT.value,
            "reviewed_on": self.reviewed_on,
            "measures": {slug: None if value is None else float(value) for slug, value in reliabilities.items()},
            "interviewer_guide": [{name: form.cleaned_data[name] for name in ("at", "do")} for form in self.rows],
            "questions": [
                {name: form.cleaned_data[name] for name in ("ask", "probes", "weak", "sound", "exceptional")}
                for form in self.asked
            ],
        }

    def _new_slug(self) -> str:
        return self.form.cleaned_data["slug"] or slugify(self.form.cleaned_data["name"])[:50].strip("-")

    def _attach(self, loc: tuple[int | str, ...], sentence: str, measured: Mapping[str, forms.Form]) -> None:
        """Put a fault of the document to the field it came from."""
        table: dict[str, list[forms.Form]] = {"interviewer_guide": self.rows, "questions": self.asked}
        name = str(loc[0]) if loc else ""
        if name in table and len(loc) > 2:
            field = str(loc[2])
            table[name][int(loc[1])].add_error(field, place_of(loc[2:]) + sentence)
        elif name == "measures" and len(loc) > 1:
            measured[str(loc[1])].add_error("reliability", sentence)
        elif name in self.form.fields:
            self.form.add_error(name, place_of(loc) + sentence)
        elif name == "slug":
            self.form.add_error("name", sentence)
        elif name == "measures":
            self.measures.non_form_errors().append(sentence)
        elif name == "questions":
            self.questions.non_form_errors().append(sentence)
        elif "kit" in sentence:
            self.form.add_error("kit", sentence)
        else:
            self.steps.non_form_errors().append(sentence)


def initial_of(document: StationDocument) -> dict[str, Any]:
    """The form's fields as the document fills them."""
    fields = set(StationForm.base_fields) - {"revision", "slug"}
    return {name: getattr(document, name) for name in fields} | {"kit": document.kit or ""}


def rows_of(document: StationDocument) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """The tables' rows as the document fills them: measures (the most reliable first), steps, questions."""
    ranked = sorted(document.measures.items(), key=lambda item: -item[1])
    return (
        [{"competency": slug, "reliability": f"{value:.2f}"} for slug, value in ranked],
        [{"at": step.at, "do": step.do} for step in document.interviewer_guide],
        [
            {"ask": one.ask, "probes": one.probes, "weak": one.weak, "sound": one.sound, "exceptional": one.exceptional}
            for one in document.questions
        ],
    )


def _competency_choices(competencies: Iterable[Competency]) -> list[Any]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for competency in competencies:
        groups.setdefault(competency.framework.name, []).append((competency.slug, competency.name))
    return [("", "Choose"), *groups.items()]
