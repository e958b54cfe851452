"""Forms of the library."""

from apps.library.forms.editor import StationEditor
from apps.library.forms.reviews import MoveForm, ReviewForm
from apps.library.forms.rubrics import RubricForm

__all__ = ["MoveForm", "ReviewForm", "RubricForm", "StationEditor"]
