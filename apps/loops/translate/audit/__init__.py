"""An existing loop as the planner's question (`problem`), and the report as people read it (`lines`, `page`)."""

from .lines import AuditPage
from .page import audit_page, page_of_audit
from .problem import (
    Shelf,
    Subject,
    limits_of_subject,
    loop_of_audit,
    loop_of_plan,
    shelf,
    subject_of,
    subject_of_preset,
)

__all__ = [
    "AuditPage",
    "Shelf",
    "Subject",
    "audit_page",
    "limits_of_subject",
    "loop_of_audit",
    "loop_of_plan",
    "page_of_audit",
    "shelf",
    "subject_of",
    "subject_of_preset",
]
