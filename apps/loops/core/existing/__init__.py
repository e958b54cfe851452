"""A loop as a company runs it today: values (`values`), files (`files`, `tables`), faults in words (`sentences`)."""

from .document import UNNAMED
from .files import MAX_BYTES, parse, parse_greenhouse, parse_yaml, stations_of
from .tables import parse_csv
from .values import (
    DEFAULT_INTERVIEWERS,
    DEFAULT_MINUTES,
    KINDS,
    MAX_INTERVIEWERS,
    MAX_MINUTES,
    MAX_NAME,
    MAX_STATIONS,
    MIN_MINUTES,
    ExistingLoop,
    ExistingLoopError,
    ExistingStation,
    Skipped,
    Source,
    WhySkipped,
    clean,
)

__all__ = [
    "DEFAULT_INTERVIEWERS",
    "DEFAULT_MINUTES",
    "KINDS",
    "MAX_BYTES",
    "MAX_INTERVIEWERS",
    "MAX_MINUTES",
    "MAX_NAME",
    "MAX_STATIONS",
    "MIN_MINUTES",
    "UNNAMED",
    "ExistingLoop",
    "ExistingLoopError",
    "ExistingStation",
    "Skipped",
    "Source",
    "WhySkipped",
    "clean",
    "parse",
    "parse_csv",
    "parse_greenhouse",
    "parse_yaml",
    "stations_of",
]
