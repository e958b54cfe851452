"""AI craft kits in the product: who got which variant, what they sent back, and how it was graded."""

from apps.craft.models.assignments import Assignment, CandidateLink
from apps.craft.models.gradings import Grading, Submission
from apps.craft.models.kits import KitRetirement, KitReview, UnattendedRun

__all__ = [
    "Assignment",
    "CandidateLink",
    "Grading",
    "KitRetirement",
    "KitReview",
    "Submission",
    "UnattendedRun",
]
