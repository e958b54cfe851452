"""Rows to what a subject-access copy is made from."""

import datetime as dt

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.craft.models import Assignment, Grading
from apps.craft.queries import kit_title
from apps.interviews.models import Interview, Scorecard
from apps.packets.core import held as to
from apps.packets.core.held import Written
from apps.packets.models import Packet, PrivateLink, Sending
from apps.packets.queries import HeldRows


def to_held(rows: HeldRows, *, as_of: dt.datetime) -> to.HeldSource:
    """`rows` come from `queries.held_rows`."""
    candidacy, candidate = rows.candidacy, rows.candidacy.candidate
    informed = {
        (interview.pk, seat.interviewer_id)
        for interview in rows.interviews
        for seat in interview.seats.all()
        if seat.informed
    }
    return to.HeldSource(
        as_of=as_of,
        profile=to.HeldProfile(
            name=candidate.name,
            email=candidate.email,
            time_zone=candidate.time_zone,
            source=Written(candidate.source),
            arrangement=Written(candidate.accommodation),
            added_at=candidate.created_at,
        ),
        candidacy=to.HeldCandidacy(
            role=candidacy.role.title,
            plan_number=candidacy.plan.number,
            state=candidacy.state,
            started_at=candidacy.started_at,
            ended_at=candidacy.ended_at,
            others=rows.others,
        ),
        interviews=tuple(_interview(row) for row in rows.interviews),
        scorecards=tuple(
            _scorecard(row, is_informed=(row.interview_id, row.interviewer_id) in informed) for row in rows.scorecards
        ),
        debrief=_debrief(rows),
        decision=_decision(rows),
        packets=tuple(_packet(row) for row in rows.packets),
        sendings=tuple(_sending(row) for row in rows.sendings),
        kits=tuple(_kit(row) for row in rows.kits),
        reminders=tuple(
            to.HeldReminder(
                person=_key(row.seat.interviewer),
                station=row.seat.interview.plan_station.version.name,
                kind=row.kind,
                due_at=row.due_at,
                sent_at=row.sent_at,
            )
            for row in rows.reminders
        ),
        items=tuple(
            to.HeldItem(
                station=row.version.name,
                title=Written(row.title),
                material=Written(row.material),
                state=row.get_state_display(),
                made_by=_key(row.created_by),
                made_at=row.created_at,
            )
            for row in rows.items
        ),
        lines=tuple(_line(row, rows) for row in rows.lines),
        people=tuple(
            to.Someone(key=_key(person), name=person.name, is_interviewer=person.pk in rows.interviewers)
            for person in rows.people
        ),
        other_candidates=tuple(rows.other_candidates),
        other_staff=tuple(rows.other_staff),
    )


def _key(person: User | None) -> str:
    return str(person.pk) if person else ""


def _interview(row: Interview) -> to.HeldInterview:
    return to.HeldInterview(
        station=row.plan_station.version.name,
        state=row.state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        due_at=row.scorecards_due_at,
        seats=tuple(
            to.HeldSeat(person=_key(seat.interviewer), is_excused=seat.state == seat.State.EXCUSED)
            for seat in row.seats.all()
        ),
    )


def _scorecard(row: Scorecard, *, is_informed: bool) -> to.HeldScorecard:
    return to.HeldScorecard(
        station=row.interview.plan_station.version.name,
        person=_key(row.interviewer),
        recommendation=row.get_recommendation_display(),
        saved_at=row.saved_at,
        submitted_at=row.submitted_at,
        ratings=tuple(
            to.HeldRating(
                competency=rating.competency.name,
                level=rating.level,
                no_evidence=rating.no_evidence,
                evidence=Written(rating.evidence),
                moment=Written(rating.moment),
            )
            for rating in row.ratings.all()
        ),
        private_notes=Written(row.private_notes),
        is_amendment=row.amends_id is not None,
        amended_because=Written(row.amendment_reason),
        after_debrief=row.after_debrief,
        entered_by=_key(row.entered_by),
        entered_because=Written(row.entered_reason),
        is_informed=is_informed,
    )


def _debrief(rows: HeldRows) -> to.HeldDebrief | None:
    row = rows.debrief
    if row is None:
        return None
    return to.HeldDebrief(
        step=row.get_step_display(),
        opened_by=_key(row.opened_by),
        opened_at=row.opened_at,
        reading_until=row.reading_until,
        closed_at=row.closed_at,
        votes=tuple(
            to.HeldVote(
                person=_key(vote.voter),
                round=vote.get_round_display(),
                choice=vote.get_choice_display(),
                reason=Written(vote.reason),
                cast_at=vote.cast_at,
            )
            for vote in rows.votes
        ),
        votes_withheld=rows.votes_withheld,
    )


def _decision(rows: HeldRows) -> to.HeldDecision | None:
    row = rows.decision
    if row is None:
        return None
    return to.HeldDecision(
        outcome=row.get_outcome_display(),
        reasons=Written(row.reasons),
        conditions=Written(row.conditions),
        dissent=Written(row.dissent),
        decided_by=_key(row.decided_by),
        decided_at=row.decided_at,
    )


def _packet(row: Packet) -> to.HeldPacket:
    return to.HeldPacket(
        kind=row.get_kind_display(),
        station=row.interview.plan_station.version.name if row.interview else "",
        reader=_key(row.reader),
        asked_by=_key(row.requested_by),
        asked_at=row.job.requested_at,
        state=row.state,
        made_at=row.made_at,
    )


def _sending(row: Sending) -> to.HeldSending:
    link: PrivateLink | None = getattr(row, "private_link", None)
    return to.HeldSending(
        kind=row.packet.get_kind_display(),
        person=_key(row.to_person),
        address="" if row.to_person else row.address,
        asked_by=_key(row.requested_by),
        state=row.state,
        sent_at=row.sent_at,
        subject=Written(row.subject),
        body=Written(row.body),
        link_until=link.expires_at if link else None,
        link_closed_at=link.revoked_at if link else None,
        downloads=link.downloads if link else None,
    )


def _kit(row: Assignment) -> to.HeldKit:
    return to.HeldKit(
        station=row.interview.plan_station.version.name,
        kit=kit_title(row.kit),
        version=row.kit_version,
        attempt=row.attempt,
        assigned_by=_key(row.assigned_by),
        assigned_at=row.assigned_at,
        prepared_at=row.minted_at,
        until=row.expires_at,
        opened_at=row.first_opened_at,
        downloaded_at=row.first_downloaded_at,
        downloads=row.downloads,
        withdrawn_by=_key(row.withdrawn_by),
        withdrawn_at=row.withdrawn_at,
        withdrawn_because=Written(row.withdrawn_reason),
        links=tuple(
            to.HeldKitLink(
                address=link.address,
                made_by=_key(link.made_by),
                made_at=link.made_at,
                sent_at=link.sent_at,
                closed_by=_key(link.closed_by),
                closed_at=link.closed_at,
            )
            for link in row.links.all()
        ),
        submissions=tuple(
            to.HeldSubmission(
                uploaded_at=submission.uploaded_at,
                size=submission.size,
                sha256=submission.sha256,
                gradings=tuple(_grading(grading) for grading in submission.gradings.all()),
            )
            for submission in row.submissions.all()
        ),
    )


def _grading(row: Grading) -> to.HeldGrading:
    report = row.report or {}
    gain = report.get("gain") or {}
    return to.HeldGrading(
        asked_by=_key(row.asked_by),
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        reason=Written(row.reason),
        verdict=str(report.get("verdict", "")),
        gain=gain.get("value"),
        low=gain.get("low"),
        high=gain.get("high"),
    )


def _line(row: AuditLine, rows: HeldRows) -> to.HeldLine:
    stations = {str(interview.pk): interview.plan_station.version.name for interview in rows.interviews}
    of_seats = {
        str(seat.pk): interview.plan_station.version.name
        for interview in rows.interviews
        for seat in interview.seats.all()
    }
    of_cards = {str(card.pk): card.interview.plan_station.version.name for card in rows.scorecards}
    of_kits = {str(kit.pk): kit.interview.plan_station.version.name for kit in rows.kits}
    about = {
        "craft.Assignment": of_kits,
        "interviews.Interview": stations,
        "interviews.Seat": of_seats,
        "interviews.Scorecard": of_cards,
    }
    return to.HeldLine(
        at=row.at,
        by=_key(row.by),
        verb=row.verb,
        about=about.get(row.object_type, {}).get(row.object_id, ""),
    )
