"""What a candidate gets."""

from apps.packets.core import contents as to
from apps.packets.core.source import Source, StationSource
from apps.packets.core.times import moment, slot
from apps.packets.core.words import blocks


def candidate_brief(source: Source) -> to.CandidateBrief:
    """What every candidate of this plan is told, in their own time zone, and no word of an answer."""
    in_order = sorted(
        source.interviews,
        key=lambda held: (held.starts_at is None, held.starts_at or source.as_of, held.position),
    )
    return to.CandidateBrief(
        candidate=source.candidate,
        role=source.role,
        minutes=sum(held.station.minutes for held in in_order),
        sittings=tuple(
            to.Sitting(
                station=held.station.name,
                minutes=held.station.minutes,
                slot=slot(held.starts_at, held.ends_at, source.candidate_time_zone),
                interviewers=tuple(seat.name for seat in held.seats if not seat.excused),
            )
            for held in in_order
        ),
        arrangement=blocks(source.arrangement),
        loop=to.LoopBrief(role=source.role, stations=tuple(_station(source, held.station) for held in in_order)),
        as_of=moment(source.as_of, source.candidate_time_zone),
    )


def _station(source: Source, station: StationSource) -> to.StationBrief:
    return to.StationBrief(
        station=station.name,
        minutes=station.minutes,
        format=blocks(station.format),
        brief=blocks(station.brief),
        ai_policy=station.ai_policy,
        ai_policy_reason=blocks(station.ai_policy_reason),
        assessed=tuple(
            to.Assessed(name=competency.name, definition=blocks(competency.definition))
            for competency in (source.competency(key) for key in station.competencies)
        ),
    )
