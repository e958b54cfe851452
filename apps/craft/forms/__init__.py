"""What people fill in about kits: clean and stop."""

from apps.craft.forms.assignments import AssignForm, EndForm, UploadForm, WithdrawForm
from apps.craft.forms.kits import RetireForm, ReviewForm, RunForm, RunsForm

__all__ = [
    "AssignForm",
    "EndForm",
    "RetireForm",
    "ReviewForm",
    "RunForm",
    "RunsForm",
    "UploadForm",
    "WithdrawForm",
]
