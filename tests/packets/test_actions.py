"""Asking for packets and making them."""

import datetime as dt
import hashlib
import io
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import beating, claim_job, requeue_stale_jobs
from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidacy, Scorecard, Seat
from apps.packets import actions, queries, translate
from apps.packets.actions import making, sources
from apps.packets.actions.sources import Sources
from apps.packets.models import Packet
from tests.packets.samples import NOW, texts

pytestmark = pytest.mark.django_db
KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
LATER = NOW + dt.timedelta(minutes=1)

MakeCandidacy = Callable[..., Candidacy]
Submit = Callable[..., Scorecard]


def clock() -> dt.datetime:
    return LATER


def words_of(packet: Packet) -> str:
    """Everything that stands in the packet, as it is chosen at this moment."""
    contents = actions.packet_contents(
        kind=packet.kind,
        candidacy=packet.candidacy,
        interview=packet.interview,
        reader=packet.reader,
        by=packet.requested_by,
        now=LATER,
    )
    return "\n".join(texts(contents))


# ------------------------------------------------------------------------------------------------ asking


def test_request_makes_one_kit_a_seat_one_brief_and_one_debrief(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    first, second = packet_candidacy("One"), packet_candidacy("Two")
    job = actions.request_packets(
        candidacies=[first, second], kinds=[KIT, BRIEF, DEBRIEF], by=packet_recruiter, now=NOW
    )
    kinds = list(job.packets.order_by("kind").values_list("kind", flat=True))
    assert kinds == [BRIEF] * 2 + [DEBRIEF] * 2 + [KIT] * 4
    assert job.steps_total == 8
    line = AuditLine.objects.get(verb="requested packets")
    assert line.by == packet_recruiter
    assert line.after["packets"] == 8


@pytest.mark.parametrize("person", ["packet_interviewer", "packet_outsider"])
def test_request_is_for_those_who_run_hiring(
    request: pytest.FixtureRequest, packet_candidacy: MakeCandidacy, person: str
):
    by = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        actions.request_packets(candidacies=[packet_candidacy()], kinds=[BRIEF], by=by, now=NOW)
    assert not Job.objects.exists()


def test_request_of_a_debrief_is_refused_while_owing_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_submit: Submit
):
    candidacy = packet_candidacy()
    interview = candidacy.interviews.order_by("pk")[0]
    Seat.objects.create(interview=interview, interviewer=packet_leader)
    with pytest.raises(ValidationError, match="You still owe a scorecard for Noor van Dijk"):
        actions.request_packets(candidacies=[candidacy], kinds=[DEBRIEF], by=packet_leader, now=NOW)
    packet_submit(interview, packet_leader)
    assert actions.request_packets(candidacies=[candidacy], kinds=[DEBRIEF], by=packet_leader, now=NOW).steps_total == 1


def test_request_without_anything_to_make_says_what_to_do(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    empty = packet_candidacy(with_seats=False)
    with pytest.raises(ValidationError, match="Assign interviewers"):
        actions.request_packets(candidacies=[empty], kinds=[KIT], by=packet_recruiter, now=NOW)
    with pytest.raises(ValidationError, match="kind"):
        actions.request_packets(candidacies=[empty], kinds=[], by=packet_recruiter, now=NOW)
    with pytest.raises(ValidationError, match="candidate"):
        actions.request_packets(candidacies=[], kinds=[KIT], by=packet_recruiter, now=NOW)


def test_own_kit_is_for_who_sits_in_the_interview(
    packet_candidacy: MakeCandidacy, packet_interviewer: User, packet_second: User
):
    interview = packet_candidacy().interviews.order_by("pk")[0]
    job = actions.request_own_kit(interview=interview, by=packet_interviewer, now=NOW)
    packet = job.packets.get()
    assert (packet.kind, packet.reader, packet.interview) == (KIT, packet_interviewer, interview)
    with pytest.raises(PermissionDenied):
        actions.request_own_kit(interview=interview, by=packet_second, now=NOW)


# ------------------------------------------------------------------------------------------------ making


def test_run_makes_every_packet_with_its_file(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    job = actions.request_packets(
        candidacies=[packet_candidacy()], kinds=[KIT, BRIEF, DEBRIEF], by=packet_recruiter, now=NOW
    )
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert (ended.state, ended.steps_done, ended.message) == (Job.State.DONE, 4, "")
    for packet in job.packets.all():
        path = packet_folder / packet.file_name
        data = path.read_bytes()
        assert packet.state == Packet.State.DONE
        assert packet.sha256 == hashlib.sha256(data).hexdigest()
        assert (packet.size, packet.made_at) == (len(data), LATER)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert len(pdf.pages) == packet.pages
    assert len(list(packet_folder.iterdir())) == 4
    assert AuditLine.objects.get(verb="made packets").after == {"made": 4, "failed": 0}


def test_run_twice_makes_nothing_twice(packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path):
    job = actions.request_packets(candidacies=[packet_candidacy()], kinds=[BRIEF], by=packet_recruiter, now=NOW)
    actions.run_packets_job(job_id=job.pk, clock=clock)
    before = {path: path.stat().st_mtime_ns for path in packet_folder.iterdir()}
    assert actions.run_packets_job(job_id=job.pk, clock=clock) is None
    assert {path: path.stat().st_mtime_ns for path in packet_folder.iterdir()} == before


def test_run_stops_where_another_worker_took_over_and_that_one_ends_the_work(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    candidacies = [packet_candidacy(name) for name in ("One", "Two")]
    job = actions.request_packets(candidacies=candidacies, kinds=[KIT, BRIEF], by=packet_recruiter, now=NOW)
    taken: list[Job] = []

    def slow_clock() -> dt.datetime:
        """The first worker falls asleep before the second candidate's packets, and is taken for dead."""
        if job.packets.filter(state=Packet.State.DONE).count() == 3 and not taken:
            requeue_stale_jobs(now=LATER + dt.timedelta(hours=1), stale_after=dt.timedelta(seconds=20))
            found = claim_job(job_id=job.pk, now=LATER)
            assert found is not None
            taken.append(found)
        return LATER

    assert actions.run_packets_job(job_id=job.pk, clock=slow_clock) is None
    assert job.packets.filter(state=Packet.State.DONE).count() == 3
    assert [path.suffix for path in packet_folder.iterdir()] == [".pdf"] * 3
    requeue_stale_jobs(now=LATER + dt.timedelta(hours=1), stale_after=dt.timedelta(seconds=20))
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert ended.state == Job.State.DONE
    assert job.packets.filter(state=Packet.State.DONE).count() == 6


def test_run_removes_what_a_killed_worker_had_begun_to_write(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    job = actions.request_packets(candidacies=[packet_candidacy()], kinds=[BRIEF], by=packet_recruiter, now=NOW)
    packet_folder.mkdir()
    (packet_folder / f"{job.packets.get().file_name}.0b0b.part").write_bytes(b"half")
    other = packet_folder / "999999-debrief.pdf.0c0c.part"
    other.write_bytes(b"half")
    actions.run_packets_job(job_id=job.pk, clock=lambda: dt.datetime.fromtimestamp(other.stat().st_mtime, tz=dt.UTC))
    assert sorted(path.name for path in packet_folder.iterdir()) == sorted([other.name, job.packets.get().file_name])


def beats_within(job: Job, seconds: float) -> bool:
    """Whether the job's heartbeat moves in this time."""
    before, end = Job.objects.get(pk=job.pk).heartbeat_at, time.monotonic() + seconds
    while time.monotonic() < end:
        if Job.objects.get(pk=job.pk).heartbeat_at != before:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.django_db(transaction=True)
def test_a_worker_beats_while_one_packet_takes_long_and_stops_with_its_claim(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    asked = actions.request_packets(candidacies=[packet_candidacy()], kinds=[BRIEF], by=packet_recruiter, now=NOW)
    job = claim_job(job_id=asked.pk, now=NOW)
    assert job is not None
    with beating(job=job, clock=timezone.now, every=0.05, at_most=60):
        assert beats_within(job, 10)
        taken = Job.objects.filter(pk=job.pk)
        taken.update(claim="0b0b0b0b-0000-4000-8000-000000000000")
        assert not beats_within(job, 0.5)
        taken.update(claim=job.claim)
        assert not beats_within(job, 0.5), "once lost it says nothing more"
    with beating(job=job, clock=timezone.now, every=0.05, at_most=60):
        assert beats_within(job, 10)
    assert not beats_within(job, 0.5)


@pytest.mark.django_db(transaction=True)
def test_a_packet_that_takes_longer_than_stale_is_not_taken_from_its_worker(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.JOB_STALE_SECONDS = 2
    job = actions.request_packets(
        candidacies=[packet_candidacy()], kinds=[BRIEF], by=packet_recruiter, now=timezone.now()
    )
    to_pdf, taken = making.to_pdf, []

    def slow(*args: Any, **more: Any) -> Any:
        time.sleep(3)
        taken.extend(requeue_stale_jobs(now=timezone.now(), stale_after=dt.timedelta(seconds=2)))
        return to_pdf(*args, **more)

    monkeypatch.setattr(making, "to_pdf", slow)
    ended = actions.run_packets_job(job_id=job.pk, clock=timezone.now)
    assert taken == []
    assert ended is not None
    assert (ended.state, ended.attempts) == (Job.State.DONE, 1)


def test_run_goes_on_after_a_packet_that_cannot_be_made(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User
):
    candidacy = packet_candidacy()
    job = actions.request_packets(candidacies=[candidacy], kinds=[KIT, BRIEF], by=packet_recruiter, now=NOW)
    Seat.objects.filter(interviewer=packet_interviewer).update(state="excused", excused_reason="ill")
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert (ended.state, ended.steps_done) == (Job.State.DONE, 3)
    assert ended.message == "1 of 3 packets could not be made; the list says why."
    failed = job.packets.get(state=Packet.State.FAILED)
    assert failed.problem == "Ivo Interviewer does not sit in this interview any more."
    assert job.packets.filter(state=Packet.State.DONE).count() == 2


def test_run_fails_the_job_in_words_where_no_file_can_be_written(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    packet_folder.write_text("a file where the folder should be")
    job = actions.request_packets(candidacies=[packet_candidacy()], kinds=[BRIEF], by=packet_recruiter, now=NOW)
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert ended.state == Job.State.FAILED
    assert "could not be written" in job.packets.get().problem


def test_one_file_that_cannot_be_put_in_its_place_leaves_the_others_of_its_candidate_made(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    """They are kept together: first each in the same transaction, and where that fails each in its own."""
    job = actions.request_packets(candidacies=[packet_candidacy()], kinds=[KIT, BRIEF], by=packet_recruiter, now=NOW)
    *others, last = job.packets.order_by("pk")
    (packet_folder / last.file_name).mkdir(parents=True)
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert (ended.state, ended.steps_done) == (Job.State.DONE, 3)
    last.refresh_from_db()
    assert last.state == Packet.State.FAILED
    assert last.problem.startswith("The file could not be written (Is a directory).")
    assert job.packets.filter(state=Packet.State.DONE).count() == len(others) == 2
    assert {path.name for path in packet_folder.iterdir() if path.is_file()} == {one.file_name for one in others}


def test_packets_that_cannot_be_marked_made_leave_no_file(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    job = actions.request_packets(candidacies=[packet_candidacy()], kinds=[KIT, BRIEF], by=packet_recruiter, now=NOW)

    replace, replaced = os.replace, []

    def broken_after_the_first(source: Any, target: Any) -> None:
        replaced.append(target)
        if len(replaced) > 1:
            raise ValueError("broken")
        replace(source, target)

    monkeypatch.setattr(making.os, "replace", broken_after_the_first)
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert ended.state == Job.State.FAILED
    assert len(replaced) == 2 + 3
    assert list(packet_folder.iterdir()) == []


def test_run_refuses_who_left_meanwhile(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    job = actions.request_packets(candidacies=[packet_candidacy()], kinds=[BRIEF], by=packet_recruiter, now=NOW)
    User.objects.filter(pk=packet_recruiter.pk).update(is_active=False)
    ended = actions.run_packets_job(job_id=job.pk, clock=clock)
    assert ended is not None
    assert ended.state == Job.State.FAILED
    assert "no longer see this candidate" in job.packets.get().problem


# ------------------------------------------------------------------------------------------------ blindness


def test_debrief_fails_where_its_reader_owes_a_scorecard_by_the_time_it_is_made(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_interviewer: User, packet_submit: Submit,
    packet_folder: Path,
):  # fmt: skip
    candidacy = packet_candidacy()
    first, second = candidacy.interviews.order_by("pk")
    packet_submit(first, packet_interviewer)
    job = actions.request_packets(candidacies=[candidacy], kinds=[DEBRIEF], by=packet_leader, now=NOW)
    Seat.objects.create(interview=second, interviewer=packet_leader)
    actions.run_packets_job(job_id=job.pk, clock=clock)
    failed = job.packets.get()
    assert failed.state == Packet.State.FAILED
    assert failed.problem.startswith("Lena Leader owes a scorecard for this candidate.")
    assert not (packet_folder / failed.file_name).exists()


def test_of_debriefs_read_together_only_the_one_is_refused_whose_reader_comes_to_owe_while_they_are_read(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_interviewer: User, packet_submit: Submit,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    candidacies = [packet_candidacy(name) for name in ("One", "Two", "Three")]
    for candidacy in candidacies:
        packet_submit(candidacy.interviews.order_by("pk")[0], packet_interviewer)
    job = actions.request_packets(candidacies=candidacies, kinds=[DEBRIEF], by=packet_leader, now=NOW)
    read = sources.panels_of

    def given_a_seat_meanwhile(rows: Any, **more: Any) -> Any:
        found = read(rows, **more)
        Seat.objects.create(interview=candidacies[1].interviews.order_by("pk")[1], interviewer=packet_leader)
        return found

    monkeypatch.setattr(sources, "panels_of", given_a_seat_meanwhile)
    actions.run_packets_job(job_id=job.pk, clock=clock)
    assert [packet.state for packet in job.packets.order_by("candidacy")] == ["done", "failed", "done"]
    assert job.packets.get(candidacy=candidacies[1]).problem.startswith("Lena Leader owes a scorecard")


def test_debriefs_that_cannot_be_read_together_are_read_each_by_itself(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, monkeypatch: pytest.MonkeyPatch
):
    candidacies = [packet_candidacy(name) for name in ("One", "Two")]
    job = actions.request_packets(candidacies=candidacies, kinds=[DEBRIEF], by=packet_recruiter, now=NOW)

    def broken(*_args: Any, **_more: Any) -> Any:
        raise ValueError("one candidacy's rows are not as they should be")

    monkeypatch.setattr(sources, "panels_of", broken)
    actions.run_packets_job(job_id=job.pk, clock=clock)
    assert [packet.state for packet in job.packets.all()] == ["done", "done"]


def test_debrief_shows_submitted_scorecards_and_no_draft_of_its_own_reader(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_interviewer: User, packet_submit: Submit
):
    candidacy = packet_candidacy()
    first, second = candidacy.interviews.order_by("pk")
    packet_submit(first, packet_interviewer)
    seat = Seat.objects.create(interview=second, interviewer=packet_leader)
    draft = Scorecard.objects.create(interview=second, interviewer=packet_leader, private_notes="PRIVATE draft")
    pinned = candidacy.pinned_rubrics.select_related("rubric")[0].rubric
    draft.ratings.create(competency=pinned.competency, rubric=pinned, level=1, evidence="DRAFT evidence")
    Seat.objects.filter(pk=seat.pk).update(state="excused", excused_reason="ill")
    job = actions.request_packets(candidacies=[candidacy], kinds=[DEBRIEF], by=packet_leader, now=NOW)
    text = words_of(job.packets.get())
    assert "PANEL evidence of Ivo" in text
    assert "ACCOMMODATION" in text  # named as an arrangement, as on the debrief's page
    for hidden in ("DRAFT", "PRIVATE", "@"):
        assert hidden not in text


def test_debrief_is_hidden_from_a_reader_who_comes_to_owe_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_recruiter: User
):
    candidacy = packet_candidacy()
    job = actions.request_packets(candidacies=[candidacy], kinds=[DEBRIEF, BRIEF], by=packet_recruiter, now=NOW)
    assert Packet.objects.visible_to(packet_leader).filter(job=job).count() == 2
    Seat.objects.create(interview=candidacy.interviews.order_by("pk")[0], interviewer=packet_leader)
    assert list(Packet.objects.visible_to(packet_leader).values_list("kind", flat=True)) == [BRIEF]


@pytest.mark.parametrize("kind", [KIT, BRIEF])
def test_no_address_or_note_reaches_a_kit_or_a_brief_and_the_arrangement_does(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User, packet_submit: Submit, kind: str
):
    candidacy = packet_candidacy()
    packet_submit(candidacy.interviews.order_by("pk")[1], packet_second)
    job = actions.request_packets(candidacies=[candidacy], kinds=[kind], by=packet_recruiter, now=NOW)
    for packet in job.packets.all():
        text = words_of(packet)
        assert "OPEN" in text
        hidden = ["@", "PRIVATE", "PANEL"] + (["KEY"] if kind == BRIEF else [])
        assert [mark for mark in hidden if mark in text] == []
        assert "ACCOMMODATION" in text, "an arrangement is agreed with the candidate and kept by who interviews"


def test_packets_are_read_at_a_fixed_number_of_queries(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, django_assert_num_queries: Any
):
    candidacy = packet_candidacy()
    with django_assert_num_queries(9):
        translate.to_source(queries.with_contents(Candidacy.objects.filter(pk=candidacy.pk)).get(), as_of=NOW)


def test_three_candidacies_are_read_together_at_the_price_of_one(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_submit: Submit, django_assert_num_queries: Any
):
    candidacies = [packet_candidacy(name) for name in ("One", "Two", "Three")]
    for candidacy in candidacies:
        for interview in candidacy.interviews.order_by("pk"):
            packet_submit(interview, interview.seats.get().interviewer)
    assert packet_recruiter.runs_hiring, "asked once for each person, so before the counting"
    together = Sources()
    with CaptureQueriesContext(connection) as one:
        together.read_together([candidacies[0].pk], by=packet_recruiter, now=LATER, panels=True)
    with django_assert_num_queries(len(one)):
        together.read_together([row.pk for row in candidacies], by=packet_recruiter, now=LATER, panels=True)


def test_debriefs_read_one_after_another_hold_what_each_holds_alone(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_submit: Submit
):
    """What is kept between them is the role's and the library's: nothing of one candidate comes into another's."""
    candidacies = [packet_candidacy(name) for name in ("One", "Two", "Three")]
    for level, candidacy in enumerate(candidacies, start=1):
        for interview in candidacy.interviews.order_by("pk"):
            packet_submit(interview, interview.seats.get().interviewer, level)

    def held(candidacy: Candidacy, shared: Sources | None) -> Any:
        values: dict[str, Any] = {"interview": None, "reader": None, "by": packet_recruiter, "now": LATER}
        return actions.packet_contents(kind=DEBRIEF, candidacy=candidacy, sources=shared, **values)

    alone = [held(candidacy, None) for candidacy in candidacies]
    assert len(set(alone)) == 3
    shared = Sources()
    assert [held(candidacy, shared) for candidacy in candidacies] == alone
    shared.read_together([one.pk for one in candidacies], by=packet_recruiter, now=LATER, panels=True)
    assert [held(candidacy, shared) for candidacy in candidacies] == alone


def test_a_candidacys_own_facts_are_read_anew_after_a_moment(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    candidacy = packet_candidacy()
    shared = Sources()

    def interviews_of(now: dt.datetime) -> int:
        held = shared.of(candidacy, by=packet_recruiter, now=now)
        assert held is not None
        return len(held.source.interviews)

    assert interviews_of(LATER) == 2
    candidacy.interviews.filter(plan_station__position=2).update(state="cancelled", starts_at=None, ends_at=None)
    assert interviews_of(LATER + dt.timedelta(seconds=1)) == 2
    assert interviews_of(LATER + dt.timedelta(seconds=5)) == 1


def test_of_candidacies_read_together_one_that_took_too_long_is_read_anew_and_the_others_are_not(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, django_assert_num_queries: Any
):
    one, other = packet_candidacy("One"), packet_candidacy("Other")
    shared = Sources()
    shared.read_together([one.pk, other.pk], by=packet_recruiter, now=LATER, panels=True)
    soon, late = LATER + dt.timedelta(seconds=1), LATER + dt.timedelta(seconds=5)
    with django_assert_num_queries(0):
        held = shared.of(one, by=packet_recruiter, now=soon)
    assert held is not None
    assert held.panel is not None
    anew = shared.of(other, by=packet_recruiter, now=late)
    assert anew is not None
    assert anew.panel is None, "asked before and after by whoever reads it by itself"
    with django_assert_num_queries(0):
        assert shared.of(one, by=packet_recruiter, now=soon) is held


def test_packets_cancelled_before_their_turn_are_not_made(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    """Several candidacies are read together; what is taken from the lot meanwhile leaves no file."""
    candidacies = [packet_candidacy(name) for name in ("One", "Two")]
    job = actions.request_packets(candidacies=candidacies, kinds=[KIT, BRIEF], by=packet_recruiter, now=NOW)

    def cancelling_clock() -> dt.datetime:
        if job.packets.filter(state=Packet.State.DONE).exists():
            job.packets.filter(state=Packet.State.QUEUED).update(state=Packet.State.CANCELLED)
        return LATER

    actions.run_packets_job(job_id=job.pk, clock=cancelling_clock)
    made = list(job.packets.filter(state=Packet.State.DONE))
    assert {packet.candidacy for packet in made} == {candidacies[0]}
    assert job.packets.filter(state=Packet.State.CANCELLED).exists()
    assert {path.name for path in packet_folder.iterdir()} == {packet.file_name for packet in made}
