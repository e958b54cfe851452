"""An export that is stopped, taken up again, given up or past its time."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from apps.accounts.models import User
from apps.common.actions import MAX_ATTEMPTS, claim_job, requeue_stale_jobs
from apps.common.models import AuditLine, Job
from apps.interviews.models import Seat
from apps.packets import actions, queries
from apps.packets.actions import exporting
from tests.packets.exports.steps import (
    BRIEF,
    COPY,
    KIT,
    LATER,
    STALE,
    MakeCandidacy,
    ask,
    body,
    clock,
    content,
    manifest_of,
    run,
    run_lots,
    run_packing,
    signed_in,
    states,
    zip_of,
)
from tests.packets.samples import NOW


@pytest.mark.django_db
def test_cancel_keeps_what_is_made_and_resume_makes_the_rest_once(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "LOT_SIZE", 2)
    export = ask([packet_candidacy(f"Candidate {n}") for n in range(4)], packet_recruiter)
    first = queries.open_lots(export)[0]
    actions.run_packets_job(job_id=first.pk, clock=clock)
    for _ in range(2):
        actions.cancel_export(export=export, by=packet_recruiter, now=LATER)
    assert states(export) == {"done": 2, "cancelled": 2}
    run_lots(export)
    assert export.packing is None
    client = signed_in(packet_recruiter)
    page = body(client.get(reverse("export", args=[export.pk])))
    assert "2 of 4 packets were made" in page
    assert "Go on" in page
    assert not list(packet_folder.glob("export-*"))

    before = {path.name: path.stat().st_mtime_ns for path in packet_folder.iterdir()}
    for _ in range(2):
        actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    assert states(export) == {"done": 2, "queued": 2}
    assert queries.open_lots(export).count() == 1
    run(export)
    assert states(export) == {"done": 4}
    assert {name: (packet_folder / name).stat().st_mtime_ns for name in before} == before
    assert len(manifest_of(zip_of(export, packet_folder))) == 4
    verbs = list(AuditLine.objects.exclude(verb="made packets").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["asked for export", "cancelled export", "resumed export", "packed export"]


@pytest.mark.django_db
def test_cancel_in_the_middle_of_a_lot_ends_it_without_another_packet(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    export = ask([packet_candidacy(f"Candidate {n}") for n in range(4)], packet_recruiter)
    (lot,) = queries.open_lots(export)

    def cancelling_clock() -> dt.datetime:
        if export.packets.filter(state="done").count() == 1:
            actions.cancel_export(export=export, by=packet_recruiter, now=LATER)
        return LATER

    ended = actions.run_packets_job(job_id=lot.pk, clock=cancelling_clock)
    assert ended is not None
    assert ended.state == Job.State.DONE
    assert states(export) == {"done": 1, "cancelled": 3}
    assert ended.steps_done == ended.steps_total == 4


@pytest.mark.django_db
def test_a_subject_access_copy_is_recorded_as_made_only_when_its_turn_has_come(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    export = ask([packet_candidacy(f"Candidate {n}") for n in range(3)], packet_recruiter, BRIEF, COPY)
    (lot,) = queries.open_lots(export)

    def cancelling_clock() -> dt.datetime:
        if export.packets.filter(state="done").count() == 2:
            actions.cancel_export(export=export, by=packet_recruiter, now=LATER)
        return LATER

    actions.run_packets_job(job_id=lot.pk, clock=cancelling_clock)
    assert states(export) == {"done": 2, "cancelled": 4}
    assert AuditLine.objects.filter(verb="made a subject-access copy").count() == 1


@pytest.mark.django_db
def test_resume_while_the_old_lot_still_runs_gives_each_packet_to_one_lot(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    """Cancelled and taken up again while a worker draws: the old lot leaves to the new one what is not its own now."""
    export = ask([packet_candidacy(f"Candidate {n}") for n in range(3)], packet_recruiter)
    (old,) = queries.open_lots(export)
    done: list[str] = []

    def clock_of_old() -> dt.datetime:
        if export.packets.filter(state="done").count() == 1 and not done:
            done.append("once")
            actions.cancel_export(export=export, by=packet_recruiter, now=LATER)
            actions.resume_export(export=export, by=packet_recruiter, now=LATER)
        return LATER

    actions.run_packets_job(job_id=old.pk, clock=clock_of_old)
    assert states(export) == {"done": 1, "queued": 2}
    (new,) = queries.open_lots(export)
    assert new != old
    run(export)
    assert states(export) == {"done": 3}
    assert len(manifest_of(zip_of(export, packet_folder))) == 3


@pytest.mark.django_db
def test_cancel_while_packing_leaves_no_file_and_resume_packs(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy()], packet_recruiter)
    run_lots(export)
    packing_job = export.packing
    assert packing_job is not None
    actions.cancel_export(export=export, by=packet_recruiter, now=LATER)
    ended = actions.pack_export_job(job_id=packing_job.pk, clock=clock)
    assert ended is not None
    assert ended.message == "Stopped before the file was ready."
    assert not list(packet_folder.glob("export-*"))
    actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    export.refresh_from_db()
    assert export.packing != packing_job
    run_packing(export)
    assert export.packed_at == LATER


@pytest.mark.django_db
def test_resume_tries_what_failed_again_and_packs_anew(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_folder: Path,
    django_capture_on_commit_callbacks: Any,
):  # fmt: skip
    export = ask([packet_candidacy()], packet_recruiter, KIT)
    Seat.objects.filter(interviewer=packet_interviewer).update(state="excused", excused_reason="ill")
    run(export)
    assert states(export) == {"done": 1, "failed": 1}
    before = zip_of(export, packet_folder)
    Seat.objects.filter(interviewer=packet_interviewer).update(state="assigned", excused_reason="")
    with django_capture_on_commit_callbacks(execute=True):
        actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    export.refresh_from_db()
    assert export.packed_at is None
    assert not (packet_folder / export.file_name).exists()
    run(export)
    assert states(export) == {"done": 2}
    assert zip_of(export, packet_folder) != before


@pytest.mark.django_db
def test_cancel_and_resume_of_an_ended_export_change_nothing(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    export = run(ask([packet_candidacy()], packet_recruiter))
    lines = AuditLine.objects.count()
    actions.cancel_export(export=export, by=packet_recruiter, now=LATER)
    actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    actions.make_export_again(export=export, by=packet_recruiter, now=LATER)
    export.refresh_from_db()
    assert (export.packed_at, export.cancelled_at) == (LATER, None)
    assert AuditLine.objects.count() == lines


@pytest.mark.django_db
def test_an_export_is_its_owners(packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User):
    export = run(ask([packet_candidacy()], packet_recruiter))
    for verb in (actions.cancel_export, actions.resume_export, actions.make_export_again, actions.hand_out_export):
        with pytest.raises(PermissionDenied):
            verb(export=export, by=packet_leader, now=LATER)
    client = signed_in(packet_leader)
    assert client.get(reverse("export", args=[export.pk])).status_code == 404
    for name in ("cancel", "resume", "again", "download"):
        assert client.post(reverse(f"export-{name}", args=[export.pk])).status_code == 404


@pytest.mark.django_db
def test_a_lot_that_was_given_up_leaves_no_export_hanging(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "LOT_SIZE", 1)
    export = ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter)
    first, second = queries.open_lots(export)
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        claim_job(job_id=second.pk, now=now)
        now += STALE * 2
        requeue_stale_jobs(now=now, stale_after=STALE)
    actions.run_packets_job(job_id=first.pk, clock=clock)
    export.refresh_from_db()
    assert export.packing is None
    (packing_job,) = actions.tidy_packets(now=LATER)
    assert actions.tidy_packets(now=LATER) == []
    export.refresh_from_db()
    assert export.packing == packing_job
    run_packing(export)
    rows = manifest_of(zip_of(export, packet_folder))
    assert [(row["candidate"], row["problem"]) for row in rows if row["problem"]] == [("Two", exporting.GIVEN_UP)]


@pytest.mark.django_db
def test_an_export_of_which_nothing_could_be_made_ends_without_a_file(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy()], packet_recruiter)
    User.objects.filter(pk=packet_recruiter.pk).update(is_active=False)
    run_lots(export)
    assert export.packing is None
    assert actions.tidy_packets(now=LATER) == []
    User.objects.filter(pk=packet_recruiter.pk).update(is_active=True)
    page = body(signed_in(packet_recruiter).get(reverse("export", args=[export.pk])))
    assert "None of the packets could be made" in page
    assert "hx-trigger" not in page
    actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    run(export)
    assert export.packed_at == LATER


@pytest.mark.django_db
def test_files_past_their_time_are_removed_and_the_pages_say_so(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = run(ask([packet_candidacy()], packet_recruiter))
    packet = export.packets.get()
    actions.tidy_packets(now=LATER + dt.timedelta(days=6, hours=23))
    assert (packet_folder / export.file_name).exists()
    actions.tidy_packets(now=LATER + dt.timedelta(days=7))
    export.refresh_from_db()
    assert export.removed_at == LATER + dt.timedelta(days=7)
    assert [path.name for path in packet_folder.iterdir()] == [packet.file_name]
    actions.tidy_packets(now=LATER + dt.timedelta(days=30))
    assert (packet_folder / packet.file_name).exists()
    actions.tidy_packets(now=LATER + dt.timedelta(days=30, seconds=1))
    assert not list(packet_folder.iterdir())
    client = signed_in(packet_recruiter)
    assert client.get(reverse("packet-download", args=[packet.pk])).status_code == 410
    assert "The file is gone" in body(client.get(reverse("export", args=[export.pk])))
    answer = client.post(reverse("export-download", args=[export.pk]))
    assert answer.status_code == 410
    assert "Make it again" in body(answer)
    for _ in range(2):
        client.post(reverse("export-again", args=[export.pk]))
    assert queries.open_lots(export).count() == 1
    export.refresh_from_db()
    run(export)
    assert content(client.post(reverse("export-download", args=[export.pk]))) == zip_of(export, packet_folder)
