"""Everything a packet may be made from: one candidacy as values.

What no reader needs is not in here at all: e-mail addresses, private notes, drafts. Of an accommodation the
arrangement is here, which the interviewer has to keep; a reason is never recorded. `interviewer_kit`, `candidate_brief`
and `debrief` take only what is for their reader.
"""

import datetime as dt
from dataclasses import dataclass

from apps.packets.core.panel import PanelSource


@dataclass(frozen=True)
class LevelSource:
    number: int
    label: str
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class RubricSource:
    """The rubric version the candidacy is pinned to."""

    number: int
    no_evidence_when: str
    levels: tuple[LevelSource, ...]


@dataclass(frozen=True)
class CompetencySource:
    key: str
    name: str
    definition: str
    rubric: RubricSource | None


@dataclass(frozen=True)
class RequirementSource:
    """What the role needs of one competency (by its key); bar is a level 1 to 4."""

    competency: str
    weight: int
    bar: int
    must_pass: bool
    min_signals: int


@dataclass(frozen=True)
class GuideStepSource:
    """What the interviewer does `at` so many minutes after the beginning."""

    at: int
    do: str


@dataclass(frozen=True)
class QuestionSource:
    ask: str
    probes: tuple[str, ...]
    weak: str
    sound: str
    exceptional: str


@dataclass(frozen=True)
class StationSource:
    """One station version; `competencies` holds the keys of what it measures, the most reliable first."""

    name: str
    version: int
    format: str
    minutes: int
    preparation_minutes: int
    purpose: str
    brief: str
    ai_policy: str
    ai_policy_reason: str
    guide: tuple[GuideStepSource, ...]
    questions: tuple[QuestionSource, ...]
    weak: tuple[str, ...]
    strong: tuple[str, ...]
    red_flags: tuple[str, ...]
    green_flags: tuple[str, ...]
    could_mislead: str
    competencies: tuple[str, ...]


@dataclass(frozen=True)
class SeatSource:
    """One interviewer in one interview; an excused one owes nothing any more."""

    interviewer: str
    name: str
    time_zone: str
    excused: bool


@dataclass(frozen=True)
class InterviewSource:
    """One station held, or to be held, for this candidacy. Cancelled ones are not in a source."""

    key: str
    position: int
    station: StationSource
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    seats: tuple[SeatSource, ...]


@dataclass(frozen=True)
class RatingSource:
    competency: str
    level: int | None
    evidence: str


@dataclass(frozen=True)
class ScorecardSource:
    """A submitted scorecard that the person who asked may read. `recommendation` is its wording for people.

    `informed`: its author had read others' ratings before giving these. `entered_by`, with the reason: who typed it in
    for its author. `amended_because`: why it says something else than at first; empty for one never amended.
    """

    interview: str
    interviewer: str
    name: str
    recommendation: str
    submitted_at: dt.datetime
    ratings: tuple[RatingSource, ...]
    informed: bool = False
    entered_by: str = ""
    entered_because: str = ""
    amended_because: str = ""
    amended_after_debrief: bool = False


@dataclass(frozen=True)
class DecisionSource:
    outcome: str
    reasons: str
    conditions: str
    dissent: str
    decided_by: str
    decided_at: dt.datetime


@dataclass(frozen=True)
class Source:
    """One candidacy. `scorecards`, `decision` and `panel` are filled for a debrief and a decision record only."""

    as_of: dt.datetime
    candidate: str
    candidate_time_zone: str
    arrangement: str
    role: str
    plan_number: int
    weights_reason: str
    competencies: tuple[CompetencySource, ...]
    requirements: tuple[RequirementSource, ...]
    interviews: tuple[InterviewSource, ...]
    scorecards: tuple[ScorecardSource, ...] = ()
    decision: DecisionSource | None = None
    panel: PanelSource | None = None

    def competency(self, key: str) -> CompetencySource:
        return next(competency for competency in self.competencies if competency.key == key)

    def interview(self, key: str) -> InterviewSource | None:
        return next((interview for interview in self.interviews if interview.key == key), None)
