"""One candidacy as plain values, with marks in every text that say who may read it.

KEY: answer keys, for interviewers. OPEN: for everybody. PANEL: what interviewers wrote, for a debrief.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from apps.packets.core.source import (
    CompetencySource,
    DecisionSource,
    GuideStepSource,
    InterviewSource,
    LevelSource,
    QuestionSource,
    RatingSource,
    RequirementSource,
    RubricSource,
    ScorecardSource,
    SeatSource,
    Source,
    StationSource,
)

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
HELD = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


def competency(key: str) -> CompetencySource:
    return CompetencySource(
        key=key,
        name=f"OPEN {key}",
        definition=f"OPEN definition of {key}",
        rubric=RubricSource(
            number=2,
            no_evidence_when=f"KEY no evidence {key}",
            levels=tuple(
                LevelSource(number, f"Level {number}", (f"KEY anchor {key} {number}a", f"KEY anchor {key} {number}b"))
                for number in (1, 2, 3, 4)
            ),
        ),
    )


def station(name: str, competencies: tuple[str, ...]) -> StationSource:
    return StationSource(
        name=f"OPEN {name}",
        version=3,
        format=f"OPEN format {name}",
        minutes=60,
        preparation_minutes=20,
        purpose=f"KEY purpose {name}",
        brief=f"OPEN brief {name}, first line\nsecond line.\n\nAnother paragraph.",
        ai_policy="encouraged",
        ai_policy_reason=f"OPEN reason {name}",
        guide=(GuideStepSource(0, f"KEY begin {name}"), GuideStepSource(25, f"KEY middle {name}")),
        questions=(
            QuestionSource(
                ask=f"KEY ask {name}",
                probes=(f"KEY probe {name}",),
                weak=f"KEY weak answer {name}",
                sound=f"KEY sound answer {name}",
                exceptional=f"KEY exceptional answer {name}",
            ),
        ),
        weak=(f"KEY weak {name}",),
        strong=(f"KEY strong {name}",),
        red_flags=(f"KEY red {name}",),
        green_flags=(f"KEY green {name}",),
        could_mislead=f"KEY mislead {name}",
        competencies=competencies,
    )


def seat(key: str, name: str, *, excused: bool = False) -> SeatSource:
    return SeatSource(interviewer=key, name=name, time_zone="America/New_York", excused=excused)


def scorecard(interview: str, interviewer: str, levels: dict[str, int | None], word: str = "Yes") -> ScorecardSource:
    return ScorecardSource(
        interview=interview,
        interviewer=interviewer,
        name=f"Rater {interviewer}",
        recommendation=word,
        submitted_at=NOW,
        ratings=tuple(
            RatingSource(competency=key, level=level, evidence=f"PANEL {interview} {interviewer} {key}")
            for key, level in levels.items()
        ),
    )


def source(**changes: Any) -> Source:
    """Two interviews, three interviewers; everything filled in."""
    made = Source(
        as_of=NOW,
        candidate="Noor van Dijk",
        candidate_time_zone="Europe/Lisbon",
        arrangement="Ten minutes more in each station.",
        role="AI product engineer",
        plan_number=4,
        weights_reason="PANEL because craft carries the job",
        competencies=(competency("craft"), competency("systems"), competency("words")),
        requirements=(
            RequirementSource("craft", weight=2, bar=3, must_pass=True, min_signals=2),
            RequirementSource("systems", weight=1, bar=3, must_pass=True, min_signals=1),
        ),
        interviews=(
            InterviewSource(
                key="10",
                position=1,
                station=station("agent", ("craft", "words")),
                starts_at=HELD,
                ends_at=HELD + dt.timedelta(minutes=60),
                seats=(seat("1", "Ben Okafor"), seat("2", "Mirela Popescu")),
            ),
            InterviewSource(
                key="11",
                position=2,
                station=station("queue", ("systems", "craft")),
                starts_at=None,
                ends_at=None,
                seats=(seat("3", "Jun Watanabe"), seat("4", "Sofia Reyes", excused=True)),
            ),
        ),
        scorecards=(
            scorecard("10", "1", {"craft": 2, "words": 4}, "No"),
            scorecard("10", "2", {"craft": 3, "words": 3}, "Strong yes"),
            scorecard("11", "3", {"systems": None, "craft": 2}),
        ),
        decision=DecisionSource(
            outcome="No offer",
            reasons="PANEL reasons",
            conditions="PANEL conditions",
            dissent="PANEL dissent",
            decided_by="Cleo Marchetti",
            decided_at=NOW,
        ),
    )
    return dataclasses.replace(made, **changes)


def texts(value: Any) -> Iterator[str]:
    """Every text anywhere inside a dataclass, a tuple or a dictionary."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from texts(part)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same values with every text changed, except what is a key, a zone or a word from a fixed list."""
    fixed = {"key", "interview", "interviewer", "competency", "competencies", "candidate_time_zone", "time_zone"}
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_texts(part, change) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        is_keys = isinstance(value, StationSource | RatingSource | RequirementSource)
        return dataclasses.replace(
            value,
            **{
                field.name: with_texts(getattr(value, field.name), change)
                for field in dataclasses.fields(value)
                if field.name not in fixed or (field.name in ("competency", "competencies") and not is_keys)
            },
        )
    return value
