"""What stands in a subject-access copy."""

from dataclasses import dataclass

from apps.packets.core.redaction import Cleaned, Counts
from apps.packets.core.times import Moment, Slot


@dataclass(frozen=True)
class CopyProfile:
    name: str
    email: str
    time_zone: str
    source: Cleaned
    arrangement: Cleaned
    added: Moment


@dataclass(frozen=True)
class CopyCandidacy:
    role: str
    plan: int
    state: str
    started: Moment
    ended: Moment | None
    others: int


@dataclass(frozen=True)
class CopySeat:
    person: str
    is_excused: bool


@dataclass(frozen=True)
class CopyInterview:
    station: str
    state: str
    slot: Slot | None
    due: Moment | None
    seats: tuple[CopySeat, ...]


@dataclass(frozen=True)
class CopyRating:
    competency: str
    level: int | None
    no_evidence: bool
    evidence: Cleaned
    moment: Cleaned


@dataclass(frozen=True)
class CopyScorecard:
    """One row of a trail: what was submitted, an amendment of it, or a draft (`submitted` is None)."""

    station: str
    person: str
    recommendation: str
    saved: Moment | None
    submitted: Moment | None
    ratings: tuple[CopyRating, ...]
    private_notes: Cleaned
    is_amendment: bool
    amended_because: Cleaned
    after_debrief: bool
    entered_by: str
    entered_because: Cleaned
    is_informed: bool


@dataclass(frozen=True)
class CopyVote:
    person: str
    round: str
    choice: str
    reason: Cleaned
    cast: Moment


@dataclass(frozen=True)
class CopyDebrief:
    step: str
    opened_by: str
    opened: Moment
    reading_until: Moment
    closed: Moment | None
    votes: tuple[CopyVote, ...]
    votes_withheld: bool


@dataclass(frozen=True)
class CopyDecision:
    outcome: str
    reasons: Cleaned
    conditions: Cleaned
    dissent: Cleaned
    decided_by: str
    decided: Moment


@dataclass(frozen=True)
class CopyPacket:
    kind: str
    station: str
    reader: str
    asked_by: str
    asked: Moment
    state: str
    made: Moment | None


@dataclass(frozen=True)
class CopySending:
    """`to` is the candidate's address or somebody of the company."""

    kind: str
    to: str
    asked_by: str
    state: str
    sent: Moment | None
    subject: Cleaned
    body: Cleaned
    link_until: Moment | None
    link_closed: Moment | None
    downloads: int | None


@dataclass(frozen=True)
class CopyKitLink:
    """`address` is empty for one that was shown to somebody and not mailed."""

    address: str
    made_by: str
    made: Moment
    sent: Moment | None
    closed_by: str
    closed: Moment | None


@dataclass(frozen=True)
class CopyGrading:
    asked_by: str
    asked: Moment
    ended: Moment | None
    reason: Cleaned
    verdict: str
    gain: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CopySubmission:
    uploaded: Moment
    size: int
    sha256: str
    gradings: tuple[CopyGrading, ...]


@dataclass(frozen=True)
class CopyKit:
    """A kit the candidate was given. It has no field for what is planted in it."""

    station: str
    kit: str
    version: str
    attempt: int
    assigned_by: str
    assigned: Moment
    prepared: Moment | None
    until: Moment
    opened: Moment | None
    downloaded: Moment | None
    downloads: int
    withdrawn_by: str
    withdrawn: Moment | None
    withdrawn_because: Cleaned
    links: tuple[CopyKitLink, ...]
    submissions: tuple[CopySubmission, ...]


@dataclass(frozen=True)
class CopyReminder:
    person: str
    station: str
    kind: str
    due: Moment
    sent: Moment


@dataclass(frozen=True)
class CopyItem:
    station: str
    title: Cleaned
    material: Cleaned
    state: str
    made_by: str
    made: Moment


@dataclass(frozen=True)
class CopyLine:
    at: Moment
    by: str
    verb: str
    about: str


@dataclass(frozen=True)
class SubjectAccessCopy:
    """For the candidate. It has no field for a guide, a question, an answer, an anchor or another candidate."""

    as_of: Moment
    names_hidden: bool
    redacted: Counts
    profile: CopyProfile
    candidacy: CopyCandidacy
    interviews: tuple[CopyInterview, ...]
    scorecards: tuple[CopyScorecard, ...]
    debrief: CopyDebrief | None
    decision: CopyDecision | None
    packets: tuple[CopyPacket, ...]
    sendings: tuple[CopySending, ...]
    kits: tuple[CopyKit, ...]
    reminders: tuple[CopyReminder, ...]
    items: tuple[CopyItem, ...]
    lines: tuple[CopyLine, ...]

    @property
    def has_drafts(self) -> bool:
        return any(card.submitted is None for card in self.scorecards)
