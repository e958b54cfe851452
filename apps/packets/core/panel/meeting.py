"""The meeting of a panel as one reader may see it: where it stands, and who voted what."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class CardVote:
    """What one scorecard recommended."""

    station: str
    recommendation: str


@dataclass(frozen=True)
class VoiceSource:
    """One person's votes in their wording for people. `second` is "" where it is not cast, or hidden from the reader.

    `way`: up, down, stayed or not_cast; `size` in steps of the scale; `crossed`: from a yes to a no or back.
    `is_late`: the first vote is from a scorecard that came in after the debrief had opened.
    """

    person: str
    first: str
    second: str
    has_voted: bool
    way: str
    size: int
    crossed: bool
    reason: str
    is_late: bool
    cards: tuple[CardVote, ...]


@dataclass(frozen=True)
class TallySource:
    """How many said this, before and after; `second` is None while second votes are hidden from the reader."""

    label: str
    first: int
    second: int | None


@dataclass(frozen=True)
class AgendaStep:
    """One step of the agenda: done, now or next."""

    step: str
    state: str


@dataclass(frozen=True)
class MeetingSource:
    """`opened_at` is None until the debrief has opened. `otherwise`: whose vote points away from what was decided."""

    opened_at: dt.datetime | None
    opened_by: str
    reading_until: dt.datetime | None
    closed_at: dt.datetime | None
    step: str
    agenda: tuple[AgendaStep, ...]
    voices: tuple[VoiceSource, ...]
    tally: tuple[TallySource, ...]
    sees_second: bool
    on_panel: bool
    is_split: bool
    is_over: bool
    quorum: int | None
    submitted: int
    is_ready: bool
    decider_apart: bool
    otherwise: tuple[str, ...] = ()
