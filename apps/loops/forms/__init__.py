"""Forms of roles and loop plans."""

from apps.loops.forms.audits import ExistingLoopForm, MatchForm, PlanToAuditForm, RowFormSet, typed_loop
from apps.loops.forms.compare import CompareForm
from apps.loops.forms.plans import DraftForm, LimitsForm, StationChoiceForm, with_relaxation
from apps.loops.forms.roles import (
    PanelRulesForm,
    RequirementFormSet,
    RoleForm,
    WeightsReasonForm,
    requirement_rows,
)
from apps.loops.forms.whatif import WhatIfForm

__all__ = [
    "CompareForm",
    "DraftForm",
    "ExistingLoopForm",
    "LimitsForm",
    "MatchForm",
    "PanelRulesForm",
    "PlanToAuditForm",
    "RequirementFormSet",
    "RoleForm",
    "RowFormSet",
    "StationChoiceForm",
    "WeightsReasonForm",
    "WhatIfForm",
    "requirement_rows",
    "typed_loop",
    "with_relaxation",
]
