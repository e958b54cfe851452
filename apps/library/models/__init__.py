"""Frameworks, competencies with their rubrics, stations with their versions, role presets."""

from apps.library.models.competencies import Competency, CompetencyQuerySet, Framework, Level, Rubric
from apps.library.models.presets import PresetRequirement, RolePreset
from apps.library.models.stations import Measure, Station, StationQuerySet, StationReview, StationVersion, station_texts

__all__ = [
    "Competency",
    "CompetencyQuerySet",
    "Framework",
    "Level",
    "Measure",
    "PresetRequirement",
    "RolePreset",
    "Rubric",
    "Station",
    "StationQuerySet",
    "StationReview",
    "StationVersion",
    "station_texts",
]
