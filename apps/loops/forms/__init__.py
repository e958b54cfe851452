"""Forms of roles and loop plans."""

from apps.loops.forms.plans import LimitsForm, StationChoiceForm
from apps.loops.forms.roles import (
    RequirementFormSet,
    RoleForm,
    WeightsReasonForm,
    requirement_rows,
)

__all__ = [
    "LimitsForm",
    "RequirementFormSet",
    "RoleForm",
    "StationChoiceForm",
    "WeightsReasonForm",
    "requirement_rows",
]
