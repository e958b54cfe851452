"""The debrief's report to the values a packet is chosen from."""

from typing import Any

from apps.debriefs.actions import DebriefReport
from apps.packets.core import panel as to


def panel_of(report: DebriefReport) -> to.PanelSource:
    """The whole report as values; it holds what its reader may see, and so does this."""
    return to.PanelSource(
        meeting=_meeting(report),
        parity=_parity(report.parity),
        reading=None if report.reading is None else _reading(report.reading),
    )


def _meeting(report: DebriefReport) -> to.MeetingSource:
    meeting, debrief, decision = report.meeting, report.meeting.debrief, report.page.decision
    return to.MeetingSource(
        opened_at=debrief.opened_at if debrief else None,
        opened_by=debrief.opened_by.name if debrief else "",
        reading_until=debrief.reading_until if debrief else None,
        closed_at=debrief.closed_at if debrief else None,
        step=meeting.step,
        agenda=tuple(to.AgendaStep(line.step, line.state) for line in meeting.agenda),
        voices=tuple(
            to.VoiceSource(
                person=one.person.name,
                first=one.first,
                second=one.second,
                has_voted=one.has_voted,
                way=one.way,
                size=one.voice.size,
                crossed=one.voice.crossed,
                reason=one.reason,
                is_late=one.is_late,
                cards=tuple(
                    to.CardVote(card.interview.plan_station.version.name, card.get_recommendation_display())
                    for card in one.cards
                ),
            )
            for one in meeting.voices
        ),
        tally=tuple(to.TallySource(line.label, line.first, line.second) for line in meeting.tally),
        sees_second=meeting.sees_second,
        on_panel=meeting.on_panel,
        is_split=meeting.is_split,
        is_over=meeting.is_over,
        quorum=meeting.quorum.needed,
        submitted=meeting.quorum.submitted,
        is_ready=meeting.quorum.is_reached,
        decider_apart=meeting.candidacy.role.decider_apart,
        otherwise=tuple(meeting.against.get(decision.outcome, ())) if decision else (),
    )


def _parity(page: Any) -> to.Parity:
    return to.Parity(
        compared=page.parity,
        lines=tuple(to.ParityLine(line.deviation, line.name, line.names) for line in page.lines),
        accommodation=page.accommodation,
    )


def _reading(reading: Any) -> to.ReadingSource:
    return to.ReadingSource(
        lines=tuple(_line(line) for line in reading.lines),
        has_gutter=reading.canvas.has_gutter,
        together=None if reading.together is None else _together(reading.together),
        stability=tuple(_stability(line) for line in reading.stability),
        outcome_changes=reading.outcome_changes,
        single_bars=reading.single_bars,
        ways=reading.ways,
        otherwise=tuple(line.competency.name for line in reading.otherwise_by_levels),
        changes_by_levels=reading.changes_by_levels,
        surprises=tuple(
            to.Surprise(
                name=line.name,
                competency=line.competency.name,
                level=line.surprise.level,
                expected=line.surprise.expected,
                chance=line.surprise.chance,
                harsher=line.surprise.harsher,
            )
            for line in reading.surprises
        ),
        by_chance=reading.by_chance,
        ratings=reading.ratings,
        informed=reading.informed,
        people=tuple(_person(line) for line in reading.people),
        others=reading.others,
        settling=None if reading.settling is None else _settling(reading.settling),
        is_estimated=reading.is_estimated,
        is_small=reading.is_small,
        candidates=reading.calibration.candidates,
        least_candidates=reading.least_candidates,
        least_history=reading.least_history,
        calibrated_on=reading.row.made_at.date() if reading.row and reading.row.made_at else None,
    )


def _line(line: Any) -> to.LineSource:
    summary, plot = line.row.summary, line.plot
    return to.LineSource(
        competency=line.competency.name,
        bar=line.row.requirement.bar,
        must_pass=line.must_pass,
        adjusted=_said(line.adjusted, plot.adjusted),
        unadjusted=_said(line.unadjusted, plot.unadjusted),
        before=line.before,
        ratings=line.adjusted.found.ratings,
        mean=summary.mean,
        mean_is_below=line.mean_is_below,
        signals=summary.independent_signals,
        min_signals=line.row.requirement.min_signals,
        apart=line.apart,
        has_bar=line.has_bar,
        is_seen=line.is_seen,
        is_contested=line.is_contested,
        is_missed=line.is_missed,
        says_otherwise=line.says_otherwise,
        bar_at=plot.bar,
        bands=tuple(to.Band(band.level, band.begins, band.width) for band in plot.bands),
        marks=tuple(
            to.MarkSource(
                interview=str(mark.rating.scorecard.interview_id),
                interviewer=str(mark.rating.scorecard.interviewer_id),
                initials=mark.initials,
                level=mark.rating.level,
                at=mark.at,
                adjusted_at=mark.adjusted_at,
                counts_as=mark.counts_as,
                is_informed=mark.is_informed,
            )
            for mark in plot.marks
        ),
    )


def _said(said: Any, drawn: Any) -> to.Said:
    return to.Said(
        meets=said.meets,
        says=said.says,
        level=said.level,
        lowest=said.lowest,
        highest=said.highest,
        in_levels=said.in_levels,
        low_in_levels=said.low_in_levels,
        high_in_levels=said.high_in_levels,
        drawn=to.Interval(
            low=drawn.low,
            at=drawn.at,
            high=drawn.high,
            goes_on_left=drawn.goes_on_left,
            goes_on_right=drawn.goes_on_right,
            is_below=drawn.is_below,
        ),
    )


def _together(found: Any) -> to.Together:
    return to.Together(
        adjusted=found.adjusted,
        unadjusted=found.unadjusted,
        says=found.says,
        count=found.count,
        unseen=tuple(line.competency.name for line in found.unseen),
        contested=tuple(line.competency.name for line in found.contested),
        least_sure=found.limits.competency.name if found.limits else "",
    )


def _stability(line: Any) -> to.Stability:
    return to.Stability(
        way=line.way,
        person=line.person,
        outcome_changes=line.variation.outcome_changes,
        counts_levels=line.counts_levels,
        changes=tuple(
            to.Changed(one.competency.name, one.change.met_after, one.change.before, one.change.after)
            for one in line.changes
        ),
        all_before=line.variation.all_before,
        all_after=line.variation.all_after,
    )


def _person(line: Any) -> to.Person:
    candidates = line.estimate.candidates if line.estimate else 0
    if line.shift is None:
        return to.Person(line.person.name, line.why_not, candidates)
    return to.Person(line.person.name, "", candidates, line.shift.value, line.shift.low, line.shift.high)


def _settling(found: Any) -> to.Settling:
    return to.Settling(
        answer=found.answer.value,
        best=None if found.best is None else _station(found.best),
        candidate_left=found.limits.candidate_left,
        candidate_minutes=found.limits.candidate_minutes,
        asked=found.asked,
        measuring=found.measuring,
    )


def _station(line: Any) -> to.StationToHold:
    most = line.most
    return to.StationToHold(
        name=line.version.name,
        minutes=line.version.minutes,
        interviewers=line.version.interviewers,
        sharpens=to.Sharpened(most.competency.name, most.now, most.then, most.is_gap),
        is_again=line.is_again,
        over_candidate=line.over_candidate,
        over_interviewers=line.over_interviewers,
        is_one_too_many=line.is_one_too_many,
        trained=None if line.trained is None else tuple(person.name for person in line.trained),
    )
