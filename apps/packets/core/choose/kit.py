"""What an interviewer gets for one interview."""

import datetime as dt

from apps.packets.core import contents as to
from apps.packets.core.source import CompetencySource, Source, StationSource
from apps.packets.core.times import moment, slot
from apps.packets.core.words import blocks, blocks_or_exhibit


class NotForThisReader(Exception):
    """The packet cannot be made for this person: they do not sit in this interview."""


def interviewer_kit(source: Source, *, interview: str, interviewer: str) -> to.InterviewerKit:
    """All an interviewer needs for one interview, and nothing of what others think.

    Raises NotForThisReader where this person has no seat in that interview (or is excused from it).
    """
    held = source.interview(interview)
    seats = [seat for seat in held.seats if not seat.excused] if held else []
    mine = next((seat for seat in seats if seat.interviewer == interviewer), None)
    if held is None or mine is None:
        raise NotForThisReader
    station = held.station
    return to.InterviewerKit(
        reader=mine.name,
        others=tuple(seat.name for seat in seats if seat is not mine),
        candidate=source.candidate,
        arrangement=blocks(source.arrangement),
        role=source.role,
        slot=slot(held.starts_at, held.ends_at, mine.time_zone),
        clock=_clock(station, held.starts_at, mine.time_zone),
        preparation_minutes=station.preparation_minutes,
        guide=_guide(source, station),
        as_of=moment(source.as_of, mine.time_zone),
    )


def _guide(source: Source, station: StationSource) -> to.StationGuide:
    return to.StationGuide(
        station=station.name,
        version=station.version,
        minutes=station.minutes,
        purpose=blocks(station.purpose),
        format=blocks(station.format),
        ai_policy=station.ai_policy,
        ai_policy_reason=blocks(station.ai_policy_reason),
        steps=tuple(
            to.Step(at=step.at, until=until, do=blocks_or_exhibit(step.do))
            for step, until in zip(station.guide, _ends(station), strict=True)
        ),
        questions=tuple(
            to.KitQuestion(
                ask=question.ask,
                probes=question.probes,
                weak=question.weak,
                sound=question.sound,
                exceptional=question.exceptional,
            )
            for question in station.questions
        ),
        weak=station.weak,
        strong=station.strong,
        red_flags=station.red_flags,
        green_flags=station.green_flags,
        could_mislead=blocks(station.could_mislead),
        scales=tuple(_scale(source.competency(key)) for key in station.competencies),
    )


def _clock(station: StationSource, starts_at: dt.datetime | None, zone: str) -> tuple[to.ClockLine, ...]:
    """None of it where there is no appointment yet."""
    if starts_at is None:
        return ()
    return tuple(
        to.ClockLine(
            at=step.at,
            until=until,
            begins=moment(starts_at + dt.timedelta(minutes=step.at), zone).local,
            ends=moment(starts_at + dt.timedelta(minutes=until), zone).local,
        )
        for step, until in zip(station.guide, _ends(station), strict=True)
    )


def _ends(station: StationSource) -> list[int]:
    """The minute at which each line of the guide ends: where the next begins, the last with the interview."""
    return [step.at for step in station.guide[1:]] + [station.minutes]


def _scale(competency: CompetencySource) -> to.Scale:
    rubric = competency.rubric
    return to.Scale(
        competency=competency.name,
        definition=blocks(competency.definition),
        rubric=rubric.number if rubric else 0,
        no_evidence_when=rubric.no_evidence_when if rubric else "",
        levels=tuple(
            to.ScaleLevel(number=level.number, label=level.label, anchors=level.anchors)
            for level in (rubric.levels if rubric else ())
        ),
    )
