"""The upload of a sheet filled in elsewhere."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from apps.interviews.core.sheet import MAX_BYTES, FilledSheet, Sheet, SheetError, decode, read


class SheetForm(forms.Form):
    """A sheet filled in elsewhere: a file, or its text."""

    file = forms.FileField(
        label="The sheet, filled in",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.yaml,.yml,text/csv,application/yaml"}),
    )
    text = forms.CharField(
        label="or paste its text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "font-monospace"}),
    )

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        name, content = "", (data.get("text") or "").encode("utf-8", "replace")
        if upload is not None:
            if upload.size > MAX_BYTES:
                raise forms.ValidationError(
                    f"The file has {upload.size / 1_000_000:.1f} MB; a sheet has at most {MAX_BYTES // 1_000_000} MB."
                )
            name, content = upload.name or "", upload.read()
        if not content.strip():
            raise forms.ValidationError("Choose the file, or paste its text.")
        try:
            self.filled: FilledSheet = read(name, content, self.sheet)
        except SheetError as error:
            if upload is not None:
                self._show(content)
            raise forms.ValidationError(error.problems) from error
        return data

    def _show(self, content: bytes) -> None:
        """Put a file's text where it can be put right at once, in place of what stands there."""
        try:
            text = decode(content)
        except SheetError:
            return
        self.data = {**self.data.dict(), "text": text}  # type: ignore[attr-defined]  # a QueryDict
