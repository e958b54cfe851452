"""Verbs of the library."""

from apps.library.actions.load import LoadReport, load_library
from apps.library.actions.rubrics import publish_rubric
from apps.library.actions.stations import Saved, create_station, move_station, review_station, save_station
from apps.library.actions.versions import SavedMeanwhile

__all__ = [
    "LoadReport",
    "Saved",
    "SavedMeanwhile",
    "create_station",
    "load_library",
    "move_station",
    "publish_rubric",
    "review_station",
    "save_station",
]
