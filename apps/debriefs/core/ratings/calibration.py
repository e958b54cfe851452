"""The calibration as a value: what all settled panels together say about interviewers, competencies and stations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from apps.debriefs.core.ratings import priors
from apps.debriefs.core.ratings.data import Floats
from apps.debriefs.core.ratings.priors import Variances, published_variances

LEAST_HISTORY = 5
"""Candidates an interviewer must have rated before their severity is shown or used."""


class Method(Enum):
    """Where the variances come from."""

    LITERATURE = "literature"
    ESTIMATED = "estimated"


class Withheld(Enum):
    """Why a severity is neither shown nor used."""

    NOT_CONNECTED = "not_connected"
    SHORT_HISTORY = "short_history"


@dataclass(frozen=True)
class InterviewerEstimate:
    """Severity in logits, positive for harsher than the interviewers' mean, with its standard error.

    `discrimination` is 1 for an interviewer who tells candidates apart as the average does. `infit` and `outfit` are
    mean squares with expectation 1. `part` is the connected part of the interviewer-candidate graph.
    """

    severity: float
    se: float
    discrimination: float
    ratings: int
    candidates: int
    infit: float | None
    outfit: float | None
    part: int
    withheld: Withheld | None


@dataclass(frozen=True)
class Difficulty:
    """How hard a competency or station is to get a high level on, in logits, with its standard error."""

    difficulty: float
    se: float


@dataclass(frozen=True)
class Calibration:
    """`thresholds` (K-1,) in logits; the scale's levels run from `lowest` in `categories` steps.

    `rhat` is the worst split R-hat of the variances where they were sampled, else None.
    """

    method: Method
    lowest: int
    categories: int
    thresholds: tuple[float, ...]
    variances: Variances
    competencies: Mapping[str, Difficulty]
    stations: Mapping[str, Difficulty]
    interviewers: Mapping[str, InterviewerEstimate]
    candidates: int
    ratings: int
    rhat: float | None = None

    @property
    def highest(self) -> int:
        return self.lowest + self.categories - 1

    def candidate_covariance(self, competencies: tuple[str, ...]) -> Floats:
        """(C, C) for these competencies; those the calibration has not seen are like the average of the others."""
        known = list(self.competencies)
        place = {competency: at for at, competency in enumerate(known)}
        seen = self.variances.candidate
        if len(known) > 1:
            off = seen[~np.eye(len(known), dtype=bool)].mean()
        else:
            off = priors.CORRELATION * (seen[0, 0] if known else priors.CANDIDATE_SD**2)
        variance = float(np.diag(seen).mean()) if known else priors.CANDIDATE_SD**2
        out = priors.common_correlation(len(competencies), variance, off / variance)
        for a, one in enumerate(competencies):
            for b, other in enumerate(competencies):
                if one in place and other in place:
                    out[a, b] = seen[place[one], place[other]]
        return out

    def shown(self, interviewer: str) -> InterviewerEstimate | None:
        """The interviewer's estimate if it is one to be shown and used."""
        found = self.interviewers.get(interviewer)
        return found if found is not None and found.withheld is None else None

    def unadjusted(self) -> "Calibration":
        """The same without any interviewer's severity or discrimination: everybody rates as the average does."""
        return replace(self, interviewers={})

    def as_record(self) -> dict[str, Any]:
        """Plain data for storage; `calibration_of` reads it back."""
        return {
            "method": self.method.value,
            "lowest": self.lowest,
            "categories": self.categories,
            "thresholds": list(self.thresholds),
            "variances": {**asdict(self.variances), "candidate": self.variances.candidate.tolist()},
            "competencies": {name: asdict(found) for name, found in self.competencies.items()},
            "stations": {name: asdict(found) for name, found in self.stations.items()},
            "interviewers": {
                name: {**asdict(found), "withheld": found.withheld and found.withheld.value}
                for name, found in self.interviewers.items()
            },
            "candidates": self.candidates,
            "ratings": self.ratings,
            "rhat": self.rhat,
        }


def calibration_of(record: Mapping[str, Any]) -> Calibration:
    """Raises KeyError, TypeError or ValueError for what `as_record` did not write."""
    variances = {**record["variances"], "candidate": np.array(record["variances"]["candidate"], float)}
    return Calibration(
        method=Method(record["method"]),
        lowest=record["lowest"],
        categories=record["categories"],
        thresholds=tuple(record["thresholds"]),
        variances=Variances(**variances),
        competencies={name: Difficulty(**found) for name, found in record["competencies"].items()},
        stations={name: Difficulty(**found) for name, found in record["stations"].items()},
        interviewers={
            name: InterviewerEstimate(**{**found, "withheld": found["withheld"] and Withheld(found["withheld"])})
            for name, found in record["interviewers"].items()
        },
        candidates=record["candidates"],
        ratings=record["ratings"],
        rhat=record["rhat"],
    )


def before_any_rating() -> Calibration:
    """What is believed without a single panel: published variances, thresholds in even steps."""
    return Calibration(
        method=Method.LITERATURE,
        lowest=1,
        categories=4,
        thresholds=tuple(priors.prior_thresholds(4).tolist()),
        variances=published_variances(0),
        competencies={},
        stations={},
        interviewers={},
        candidates=0,
        ratings=0,
    )
