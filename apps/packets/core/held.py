"""Everything held about one candidate in one candidacy, as values: what a subject-access copy is made from.

`Written` marks what people typed freely: it reaches a page only through `redaction.Redactor`. People are named by
their keys; who they are is in `people` alone. What is no data about the candidate is not in here at all: guides,
questions, answers, anchors, bars, weights, why an interviewer was excused.
"""

import datetime as dt
from dataclasses import dataclass
from typing import NewType

Written = NewType("Written", str)


@dataclass(frozen=True)
class Someone:
    """Somebody of the company who occurs in the copy; an interviewer sat, or wrote a scorecard, in this candidacy."""

    key: str
    name: str
    is_interviewer: bool


@dataclass(frozen=True)
class HeldProfile:
    name: str
    email: str
    time_zone: str
    source: Written
    arrangement: Written
    added_at: dt.datetime


@dataclass(frozen=True)
class HeldCandidacy:
    role: str
    plan_number: int
    state: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    others: int


@dataclass(frozen=True)
class HeldSeat:
    person: str
    is_excused: bool


@dataclass(frozen=True)
class HeldInterview:
    """One interview, cancelled ones too."""

    station: str
    state: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    due_at: dt.datetime | None
    seats: tuple[HeldSeat, ...]


@dataclass(frozen=True)
class HeldRating:
    """Neither level nor `no_evidence`: not rated (in a draft)."""

    competency: str
    level: int | None
    no_evidence: bool
    evidence: Written
    moment: Written


@dataclass(frozen=True)
class HeldScorecard:
    """One row of one interviewer's trail; `submitted_at` is None for a draft, `entered_by` empty for their own hand."""

    station: str
    person: str
    recommendation: str
    saved_at: dt.datetime | None
    submitted_at: dt.datetime | None
    ratings: tuple[HeldRating, ...]
    private_notes: Written
    is_amendment: bool
    amended_because: Written
    after_debrief: bool
    entered_by: str
    entered_because: Written
    is_informed: bool


@dataclass(frozen=True)
class HeldVote:
    person: str
    round: str
    choice: str
    reason: Written
    cast_at: dt.datetime


@dataclass(frozen=True)
class HeldDebrief:
    """`votes_withheld`: the second vote is under way, and who makes the copy may not read it yet."""

    step: str
    opened_by: str
    opened_at: dt.datetime
    reading_until: dt.datetime
    closed_at: dt.datetime | None
    votes: tuple[HeldVote, ...]
    votes_withheld: bool


@dataclass(frozen=True)
class HeldDecision:
    outcome: str
    reasons: Written
    conditions: Written
    dissent: Written
    decided_by: str
    decided_at: dt.datetime


@dataclass(frozen=True)
class HeldPacket:
    """`reader` is empty for what has no named reader, `station` for what is about no single interview."""

    kind: str
    station: str
    reader: str
    asked_by: str
    asked_at: dt.datetime
    state: str
    made_at: dt.datetime | None


@dataclass(frozen=True)
class HeldSending:
    """A mail about a document. `person` is empty for one to the candidate, and only that one says its `address`.

    The last three are those of a private link; None where the mail had none.
    """

    kind: str
    person: str
    address: str
    asked_by: str
    state: str
    sent_at: dt.datetime | None
    subject: Written
    body: Written
    link_until: dt.datetime | None
    link_closed_at: dt.datetime | None
    downloads: int | None


@dataclass(frozen=True)
class HeldKitLink:
    """A private link to a kit; `address` is empty for one that was shown to `made_by` and not mailed."""

    address: str
    made_by: str
    made_at: dt.datetime
    sent_at: dt.datetime | None
    closed_by: str
    closed_at: dt.datetime | None


@dataclass(frozen=True)
class HeldGrading:
    """One run of the grader; `asked_by` is empty for the clock, the numbers are None where it told none."""

    asked_by: str
    asked_at: dt.datetime
    ended_at: dt.datetime | None
    reason: Written
    verdict: str
    gain: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class HeldSubmission:
    uploaded_at: dt.datetime
    size: int
    sha256: str
    gradings: tuple[HeldGrading, ...]


@dataclass(frozen=True)
class HeldKit:
    """A kit that was given to the candidate, without what is planted in it."""

    station: str
    kit: str
    version: str
    attempt: int
    assigned_by: str
    assigned_at: dt.datetime
    prepared_at: dt.datetime | None
    until: dt.datetime
    opened_at: dt.datetime | None
    downloaded_at: dt.datetime | None
    downloads: int
    withdrawn_by: str
    withdrawn_at: dt.datetime | None
    withdrawn_because: Written
    links: tuple[HeldKitLink, ...]
    submissions: tuple[HeldSubmission, ...]


@dataclass(frozen=True)
class HeldReminder:
    person: str
    station: str
    kind: str
    due_at: dt.datetime
    sent_at: dt.datetime


@dataclass(frozen=True)
class HeldItem:
    """An item interviewers practise rating with that names the candidate."""

    station: str
    title: Written
    material: Written
    state: str
    made_by: str
    made_at: dt.datetime


@dataclass(frozen=True)
class HeldLine:
    """One line of the audit trail; `by` is empty for what the clock did."""

    at: dt.datetime
    by: str
    verb: str
    about: str


@dataclass(frozen=True)
class HeldSource:
    """`scorecards` in the order of the loop, each trail from its first row on.

    `other_candidates` and `other_staff`: names of people who are none of `people`, to be found in what was written.
    """

    as_of: dt.datetime
    profile: HeldProfile
    candidacy: HeldCandidacy
    interviews: tuple[HeldInterview, ...]
    scorecards: tuple[HeldScorecard, ...]
    debrief: HeldDebrief | None
    decision: HeldDecision | None
    packets: tuple[HeldPacket, ...]
    sendings: tuple[HeldSending, ...]
    kits: tuple[HeldKit, ...]
    reminders: tuple[HeldReminder, ...]
    items: tuple[HeldItem, ...]
    lines: tuple[HeldLine, ...]
    people: tuple[Someone, ...]
    other_candidates: tuple[str, ...]
    other_staff: tuple[str, ...]
