"""What a candidate gets who asks what is held about them."""

import datetime as dt

from apps.packets.core import contents as to
from apps.packets.core.held import HeldDebrief, HeldKit, HeldScorecard, HeldSource, HeldSubmission
from apps.packets.core.redaction import Redactor
from apps.packets.core.times import Moment, moment, slot


def subject_access_copy(source: HeldSource, *, names_hidden: bool) -> to.SubjectAccessCopy:
    """All of it, on the candidate's clock, without other people: every `Written` goes through the redactor.

    Drafts are in it: what somebody has noted about a person is held about them from the first word on, submitted or
    not, and the copy says which is which.
    """
    return _Copy(source, names_hidden=names_hidden).made()


class _Copy:
    def __init__(self, source: HeldSource, *, names_hidden: bool) -> None:
        self.source = source
        self.names_hidden = names_hidden
        self.redactor = Redactor(
            candidate=source.profile.name,
            email=source.profile.email,
            people=source.people,
            other_candidates=source.other_candidates,
            other_staff=source.other_staff,
            names_hidden=names_hidden,
        )

    def made(self) -> to.SubjectAccessCopy:
        source = self.source
        return to.SubjectAccessCopy(
            as_of=self._at(source.as_of),
            names_hidden=self.names_hidden,
            profile=self._profile(),
            candidacy=self._candidacy(),
            interviews=self._interviews(),
            scorecards=tuple(self._scorecard(card) for card in source.scorecards),
            debrief=self._debrief(source.debrief) if source.debrief else None,
            decision=self._decision(),
            packets=self._packets(),
            sendings=self._sendings(),
            kits=tuple(self._kit(kit) for kit in source.kits),
            reminders=self._reminders(),
            items=self._items(),
            lines=self._lines(),
            redacted=self.redactor.counts,  # last: it has grown with everything above
        )

    def _at(self, instant: dt.datetime) -> Moment:
        return moment(instant, self.source.profile.time_zone)

    def _at_or_none(self, instant: dt.datetime | None) -> Moment | None:
        return self._at(instant) if instant else None

    def _profile(self) -> to.CopyProfile:
        held = self.source.profile
        return to.CopyProfile(
            name=held.name,
            email=held.email,
            time_zone=held.time_zone,
            source=self.redactor.clean(held.source),
            arrangement=self.redactor.clean(held.arrangement),
            added=self._at(held.added_at),
        )

    def _candidacy(self) -> to.CopyCandidacy:
        held = self.source.candidacy
        return to.CopyCandidacy(
            role=held.role,
            plan=held.plan_number,
            state=held.state,
            started=self._at(held.started_at),
            ended=self._at_or_none(held.ended_at),
            others=held.others,
        )

    def _interviews(self) -> tuple[to.CopyInterview, ...]:
        return tuple(
            to.CopyInterview(
                station=held.station,
                state=held.state,
                slot=slot(held.starts_at, held.ends_at, self.source.profile.time_zone),
                due=self._at_or_none(held.due_at),
                seats=tuple(
                    to.CopySeat(person=self.redactor.person(seat.person), is_excused=seat.is_excused)
                    for seat in held.seats
                ),
            )
            for held in self.source.interviews
        )

    def _scorecard(self, card: HeldScorecard) -> to.CopyScorecard:
        clean = self.redactor.clean
        return to.CopyScorecard(
            station=card.station,
            person=self.redactor.person(card.person),
            recommendation=card.recommendation,
            saved=self._at_or_none(card.saved_at),
            submitted=self._at_or_none(card.submitted_at),
            ratings=tuple(
                to.CopyRating(
                    competency=rating.competency,
                    level=rating.level,
                    no_evidence=rating.no_evidence,
                    evidence=clean(rating.evidence),
                    moment=clean(rating.moment),
                )
                for rating in card.ratings
            ),
            private_notes=clean(card.private_notes),
            is_amendment=card.is_amendment,
            amended_because=clean(card.amended_because),
            after_debrief=card.after_debrief,
            entered_by=self.redactor.person(card.entered_by),
            entered_because=clean(card.entered_because),
            is_informed=card.is_informed,
        )

    def _debrief(self, held: HeldDebrief) -> to.CopyDebrief:
        return to.CopyDebrief(
            step=held.step,
            opened_by=self.redactor.person(held.opened_by),
            opened=self._at(held.opened_at),
            reading_until=self._at(held.reading_until),
            closed=self._at_or_none(held.closed_at),
            votes=tuple(
                to.CopyVote(
                    person=self.redactor.person(vote.person),
                    round=vote.round,
                    choice=vote.choice,
                    reason=self.redactor.clean(vote.reason),
                    cast=self._at(vote.cast_at),
                )
                for vote in held.votes
            ),
            votes_withheld=held.votes_withheld,
        )

    def _decision(self) -> to.CopyDecision | None:
        held = self.source.decision
        if held is None:
            return None
        return to.CopyDecision(
            outcome=held.outcome,
            reasons=self.redactor.clean(held.reasons),
            conditions=self.redactor.clean(held.conditions),
            dissent=self.redactor.clean(held.dissent),
            decided_by=self.redactor.person(held.decided_by),
            decided=self._at(held.decided_at),
        )

    def _packets(self) -> tuple[to.CopyPacket, ...]:
        return tuple(
            to.CopyPacket(
                kind=held.kind,
                station=held.station,
                reader=self.redactor.person(held.reader),
                asked_by=self.redactor.person(held.asked_by),
                asked=self._at(held.asked_at),
                state=held.state,
                made=self._at_or_none(held.made_at),
            )
            for held in self.source.packets
        )

    def _sendings(self) -> tuple[to.CopySending, ...]:
        return tuple(
            to.CopySending(
                kind=held.kind,
                to=self.redactor.person(held.person) if held.person else held.address,
                asked_by=self.redactor.person(held.asked_by),
                state=held.state,
                sent=self._at_or_none(held.sent_at),
                subject=self.redactor.clean(held.subject),
                body=self.redactor.clean(held.body),
                link_until=self._at_or_none(held.link_until),
                link_closed=self._at_or_none(held.link_closed_at),
                downloads=held.downloads,
            )
            for held in self.source.sendings
        )

    def _kit(self, held: HeldKit) -> to.CopyKit:
        return to.CopyKit(
            station=held.station,
            kit=held.kit,
            version=held.version,
            attempt=held.attempt,
            assigned_by=self.redactor.person(held.assigned_by),
            assigned=self._at(held.assigned_at),
            prepared=self._at_or_none(held.prepared_at),
            until=self._at(held.until),
            opened=self._at_or_none(held.opened_at),
            downloaded=self._at_or_none(held.downloaded_at),
            downloads=held.downloads,
            withdrawn_by=self.redactor.person(held.withdrawn_by),
            withdrawn=self._at_or_none(held.withdrawn_at),
            withdrawn_because=self.redactor.clean(held.withdrawn_because),
            links=tuple(
                to.CopyKitLink(
                    address=link.address,
                    made_by=self.redactor.person(link.made_by),
                    made=self._at(link.made_at),
                    sent=self._at_or_none(link.sent_at),
                    closed_by=self.redactor.person(link.closed_by),
                    closed=self._at_or_none(link.closed_at),
                )
                for link in held.links
            ),
            submissions=tuple(self._submission(submission) for submission in held.submissions),
        )

    def _submission(self, held: HeldSubmission) -> to.CopySubmission:
        return to.CopySubmission(
            uploaded=self._at(held.uploaded_at),
            size=held.size,
            sha256=held.sha256,
            gradings=tuple(
                to.CopyGrading(
                    asked_by=self.redactor.person(grading.asked_by),
                    asked=self._at(grading.asked_at),
                    ended=self._at_or_none(grading.ended_at),
                    reason=self.redactor.clean(grading.reason),
                    verdict=grading.verdict,
                    gain=grading.gain,
                    low=grading.low,
                    high=grading.high,
                )
                for grading in held.gradings
            ),
        )

    def _reminders(self) -> tuple[to.CopyReminder, ...]:
        return tuple(
            to.CopyReminder(
                person=self.redactor.person(held.person),
                station=held.station,
                kind=held.kind,
                due=self._at(held.due_at),
                sent=self._at(held.sent_at),
            )
            for held in self.source.reminders
        )

    def _items(self) -> tuple[to.CopyItem, ...]:
        return tuple(
            to.CopyItem(
                station=held.station,
                title=self.redactor.clean(held.title),
                material=self.redactor.clean(held.material),
                state=held.state,
                made_by=self.redactor.person(held.made_by),
                made=self._at(held.made_at),
            )
            for held in self.source.items
        )

    def _lines(self) -> tuple[to.CopyLine, ...]:
        return tuple(
            to.CopyLine(at=self._at(held.at), by=self.redactor.person(held.by), verb=held.verb, about=held.about)
            for held in self.source.lines
        )
