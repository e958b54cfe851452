"""The rubric editor: four levels with their anchors, checked by the rules of the library's files."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.boundfield import BoundField
from pydantic import ValidationError

from apps.library.core.documents import LEVELS, RubricDocument
from apps.library.forms.fields import LinesField, PlainTextField, in_words, place_of


class RubricForm(forms.Form):
    """Per level a label and its anchors, one a line. After `is_valid()`, `document` holds it as a checked value."""

    number = forms.IntegerField(required=False, widget=forms.HiddenInput)
    no_evidence_when = PlainTextField(
        label="No evidence when", rows=3, help_text="What must not be rated: no evidence is not a low level."
    )

    def __init__(self, *args: Any, start: RubricDocument | None, number: int, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"number": number}
        if start is not None:
            initial["no_evidence_when"] = start.no_evidence_when.strip()
            for level, text in start.levels.items():
                initial |= {f"label_{level}": text.label, f"anchors_{level}": text.anchors}
        super().__init__(*args, **{**kwargs, "initial": initial})
        for level in LEVELS:
            self.fields[f"label_{level}"] = forms.CharField(
                label=f"Level {level} is called", required=False, max_length=60
            )
            self.fields[f"anchors_{level}"] = LinesField(
                label=f"Anchors of level {level}", rows=14, help_text="One a line: what one sees or hears."
            )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.document: RubricDocument | None = None

    @property
    def levels(self) -> list[tuple[int, BoundField, BoundField]]:
        return [(level, self[f"label_{level}"], self[f"anchors_{level}"]) for level in LEVELS]

    @property
    def began_with(self) -> int:
        """The version the form was opened on; one that cannot be read is nobody's."""
        number = self.cleaned_data.get("number")
        return -1 if number is None else number

    def begin_again_with(self, number: int) -> None:
        data: Any = self.data
        data["number"] = str(number)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        levels = {
            level: {"label": cleaned[f"label_{level}"], "anchors": cleaned[f"anchors_{level}"]} for level in LEVELS
        }
        try:
            self.document = RubricDocument.model_validate(
                {"levels": levels, "no_evidence_when": cleaned["no_evidence_when"]}
            )
        except ValidationError as error:
            for fault in error.errors():
                self._attach(fault["loc"], in_words(fault))
        return cleaned

    def _attach(self, loc: tuple[int | str, ...], sentence: str) -> None:
        if loc[:1] == ("levels",) and len(loc) > 2:
            part = {"label": "label", "anchors": "anchors"}[str(loc[2])]
            self.add_error(f"{part}_{loc[1]}", place_of(loc[2:]) + sentence)
        else:
            self.add_error(str(loc[0]) if loc and loc[0] in self.fields else None, sentence)
