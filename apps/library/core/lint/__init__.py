"""Lint for rubrics and stations: pure, and never in the way of saving."""

from apps.library.core.lint.facts import Code, LintWarning, Place
from apps.library.core.lint.rubric import LevelText, lint_rubric
from apps.library.core.lint.station import lint_station

__all__ = ["Code", "LevelText", "LintWarning", "Place", "lint_rubric", "lint_station"]
