"""Many packets at once: asked for in lots, made by any number of workers, packed into one file, handed out."""

import csv
import datetime as dt
import hashlib
import io
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.common.actions import MAX_ATTEMPTS, claim_job, requeue_stale_jobs
from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat
from apps.loops.models import Role
from apps.packets import actions, queries, tasks
from apps.packets.actions import exporting
from apps.packets.models import Export, Packet
from apps.packets.queries import Filed, file_paths
from tests.packets.samples import HELD, NOW

KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
MINUTE = dt.timedelta(minutes=1)
LATER = NOW + MINUTE
STALE = dt.timedelta(seconds=20)

MakeCandidacy = Callable[..., Candidacy]
Submit = Callable[..., Scorecard]


def clock() -> dt.datetime:
    return LATER


def ask(candidacies: list[Candidacy], by: User, *kinds: str, **more: Any) -> Export:
    values: dict[str, Any] = {
        "recipients": None,
        "paper": "a4",
        "form": "zip",
        "names_hidden": True,
        "now": NOW,
        **more,
    }
    return actions.request_export(candidacies=candidacies, kinds=kinds or [BRIEF], by=by, **values)


def run_lots(export: Export, now: Callable[[], dt.datetime] = clock) -> None:
    for job in list(queries.open_lots(export)):
        actions.run_packets_job(job_id=job.pk, clock=now)
    export.refresh_from_db()


def run_packing(export: Export, now: Callable[[], dt.datetime] = clock) -> None:
    assert export.packing is not None
    actions.pack_export_job(job_id=export.packing.pk, clock=now)
    export.refresh_from_db()


def run(export: Export, now: Callable[[], dt.datetime] = clock) -> Export:
    run_lots(export, now)
    run_packing(export, now)
    return export


def states(export: Export) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in export.packets.order_by("pk").values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    return response.content.decode()


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def manifest_of(data: bytes) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"), newline="")))


def zip_of(export: Export, folder: Path) -> bytes:
    return (folder / export.file_name).read_bytes()


@pytest.fixture
def debrief_seat(packet_leader: User) -> Callable[[Candidacy], Seat]:
    """The leader is given a seat, and so comes to owe a scorecard."""

    def seat(candidacy: Candidacy) -> Seat:
        return Seat.objects.create(interview=candidacy.interviews.order_by("pk")[0], interviewer=packet_leader)

    return seat


# ------------------------------------------------------------------------------------------------ asking


@pytest.mark.django_db
def test_asking_parts_the_packets_into_lots_and_no_candidacy_between_two(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(12)]
    export = ask(candidacies, packet_recruiter, KIT, BRIEF, DEBRIEF)
    lots = list(queries.open_lots(export))
    assert [lot.steps_total for lot in lots] == [20, 20, 8]
    assert [lot.title for lot in lots] == [f"Packets for 12 candidates, lot {n} of 3" for n in (1, 2, 3)]
    assert all(lot.task == "apps.packets.tasks.run_packets" for lot in lots)
    for candidacy in candidacies:
        assert candidacy.packets.values("job").distinct().count() == 1
    first = list(export.packets.filter(candidacy=candidacies[0]).order_by("pk").values_list("kind", flat=True))
    assert first == [KIT, KIT, BRIEF, DEBRIEF]


@pytest.mark.django_db
def test_asking_leaves_one_line_that_says_who_exports_what_about_whom(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User
):
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(12)]
    ask(candidacies, packet_recruiter, KIT, BRIEF, recipients=[packet_second], paper="letter", form="merged")
    line = AuditLine.objects.get()
    assert (line.by, line.verb) == (packet_recruiter, "asked for export")
    assert line.after == {
        "packets": 24,
        "kinds": [BRIEF, KIT],
        "candidacies": sorted(candidacy.pk for candidacy in candidacies),
        "recipients": [packet_second.pk],
        "paper": "letter",
        "form": "merged",
        "names_hidden": True,
    }


@pytest.mark.django_db
def test_asking_for_chosen_interviewers_makes_their_kits_only(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User, packet_leader: User
):
    candidacies = [packet_candidacy("One"), packet_candidacy("Two")]
    export = ask(candidacies, packet_recruiter, KIT, recipients=[packet_second], paper="letter")
    assert {(packet.reader, packet.paper) for packet in export.packets.all()} == {(packet_second, "letter")}
    assert export.packets.count() == 2
    with pytest.raises(ValidationError, match="None of the chosen interviewers"):
        ask(candidacies, packet_recruiter, KIT, recipients=[packet_leader])


@pytest.mark.django_db
def test_names_are_hidden_in_subject_access_copies_only(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    export = ask([packet_candidacy()], packet_recruiter, BRIEF, Packet.Kind.SUBJECT_ACCESS)
    hidden = dict(export.packets.order_by("pk").values_list("kind", "names_hidden"))
    assert hidden == {BRIEF: False, Packet.Kind.SUBJECT_ACCESS: True}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [DEBRIEF, Packet.Kind.DECISION_RECORD, Packet.Kind.SUBJECT_ACCESS])
def test_asking_is_refused_with_names_while_owing_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, debrief_seat: Callable[[Candidacy], Seat], kind: str
):
    first, second = packet_candidacy("Noor van Dijk"), packet_candidacy("Two")
    debrief_seat(first)
    with pytest.raises(ValidationError, match="You still owe a scorecard for Noor van Dijk"):
        ask([first, second], packet_leader, BRIEF, kind)
    assert not Export.objects.exists()
    assert not Job.objects.exists()
    ask([first, second], packet_leader, BRIEF)


@pytest.mark.django_db
def test_asking_is_for_those_who_run_hiring_and_for_candidacies_that_are_there(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_outsider: User
):
    candidacy = packet_candidacy()
    for person in (packet_interviewer, packet_outsider):
        with pytest.raises(PermissionDenied):
            ask([candidacy], person)
    with pytest.raises(ValidationError, match="at least one candidate"):
        ask([], packet_recruiter)


@pytest.mark.django_db
def test_asking_for_more_than_one_export_holds_says_how_many_that_would_be(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "MOST_PACKETS", 3)
    with pytest.raises(ValidationError, match="That would be 4 packets, and one export holds at most 3"):
        ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter, KIT)
    assert not Export.objects.exists()
    assert ask([packet_candidacy("Three")], packet_recruiter, KIT, BRIEF).packets.count() == 3


# ------------------------------------------------------------------------------------------------ packing


@pytest.mark.django_db
def test_the_last_lot_to_end_queues_the_packing_once(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "LOT_SIZE", 1)
    export = ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter)
    first, last = queries.open_lots(export)
    actions.run_packets_job(job_id=last.pk, clock=clock)
    export.refresh_from_db()
    assert export.packing is None
    actions.run_packets_job(job_id=first.pk, clock=clock)
    export.refresh_from_db()
    assert export.packing is not None
    assert (export.packing.task, export.packing.state) == ("apps.packets.tasks.pack_export", "queued")
    assert queries.packing_after(first) == export.packing
    assert queries.packing_after(last) == export.packing


@pytest.mark.django_db
def test_zip_holds_every_packet_under_a_name_to_read_and_a_manifest_of_them(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = run(ask([packet_candidacy("Noor van Dijk"), packet_candidacy("Älva Ø")], packet_recruiter, KIT, BRIEF))
    path = packet_folder / export.file_name
    data = path.read_bytes()
    assert (export.size, export.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert export.expires_at == LATER + dt.timedelta(days=7)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert {(info.date_time, info.compress_type) for info in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)
        }
        files = {name: archive.read(name) for name in names}
    folder = "AI-product-engineer/Noor-van-Dijk"
    assert names[:3] == [
        f"{folder}/Candidate-brief.pdf",
        f"{folder}/Interviewer-kit_OPEN-agent_Ivo-Interviewer.pdf",
        f"{folder}/Interviewer-kit_OPEN-queue_Sara-Second.pdf",
    ]
    assert names[3] == "AI-product-engineer/Älva-Ø/Candidate-brief.pdf"
    assert names[-1] == "manifest.csv"
    rows = manifest_of(data)
    assert [row["file"] for row in rows] == names[:-1]
    for row in rows:
        assert hashlib.sha256(files[row["file"]]).hexdigest() == row["sha256"]
        assert int(row["bytes"]) == len(files[row["file"]])
        assert row["made_at"] == LATER.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert row["problem"] == ""
    assert (rows[1]["station"], rows[1]["reader"]) == ("OPEN agent", "Ivo Interviewer")


@pytest.mark.django_db
def test_zip_of_the_same_packets_has_the_same_bytes(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    candidacies = [packet_candidacy("One"), packet_candidacy("Two")]
    first, second = run(ask(candidacies, packet_recruiter)), run(ask(candidacies, packet_recruiter))
    assert zip_of(first, packet_folder) == zip_of(second, packet_folder)


@pytest.mark.django_db
def test_packets_that_failed_are_in_the_manifest_with_why_and_the_rest_is_kept(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_folder: Path
):
    first, second = packet_candidacy("One"), packet_candidacy("Two")
    export = ask([first, second], packet_recruiter, KIT)
    Seat.objects.filter(interview__candidacy=first, interviewer=packet_interviewer).update(
        state="excused", excused_reason="ill"
    )
    run(export)
    rows = manifest_of(zip_of(export, packet_folder))
    lost = [row for row in rows if row["problem"]]
    assert [(row["candidate"], row["file"], row["sha256"]) for row in lost] == [("One", "", "")]
    assert lost[0]["problem"] == "Ivo Interviewer does not sit in this interview any more."
    assert sum(bool(row["file"]) for row in rows) == 3
    page = body(signed_in(packet_recruiter).get(reverse("export", args=[export.pk])))
    assert "Not made" in page
    assert "does not sit in this interview any more" in page
    assert "Try the failed ones again" in page


@pytest.mark.django_db
def test_no_cell_of_the_manifest_is_a_formula(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    names = ["=1+1", "+49", "-2", "@SUM(A1)", "\tTab", "\rReturn"]
    export = run(ask([packet_candidacy(name) for name in names], packet_recruiter))
    found = [row["candidate"] for row in manifest_of(zip_of(export, packet_folder))]
    assert sorted(found) == sorted(f"'{name}" for name in names)


@pytest.mark.django_db
def test_merged_form_is_one_pdf_with_a_bookmark_for_each_packet(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = run(ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter, KIT, BRIEF, form="merged"))
    assert export.packing is not None
    assert export.packing.message == ""
    path = packet_folder / export.file_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        assert len(pdf.pages) == sum(packet.pages or 0 for packet in export.packets.all())
        assert [item.title for item in outline.root] == [
            f"{name}: {words}"
            for name in ("One", "Two")
            for words in (
                "Candidate brief",
                "Interviewer kit, OPEN agent, Ivo Interviewer",
                "Interviewer kit, OPEN queue, Sara Second",
            )
        ]


@pytest.mark.django_db
def test_packing_notices_a_file_that_is_gone_or_changed_and_packs_the_rest(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy(name) for name in ("One", "Two", "Three")], packet_recruiter)
    run_lots(export)
    gone, changed, whole = export.packets.order_by("pk")
    (packet_folder / gone.file_name).unlink()
    (packet_folder / changed.file_name).write_bytes(b"%PDF something else")
    run_packing(export)
    rows = {row["candidate"]: row for row in manifest_of(zip_of(export, packet_folder))}
    assert {name for name, row in rows.items() if row["file"]} == {"Three"}
    assert rows["One"]["problem"].startswith("Its file was no longer on the server")
    assert states(export) == {"done": 1, "failed": 2}
    actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    export.refresh_from_db()
    run(export)
    assert states(export) == {"done": 3}
    whole_now = Packet.objects.get(pk=whole.pk)
    assert whole_now.job_id == whole.job_id, "what was made is not made again"


@pytest.mark.django_db
def test_packing_that_cannot_write_says_so_and_leaves_no_half_file(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy()], packet_recruiter)
    run_lots(export)
    (packet_folder / export.file_name).mkdir()
    run_packing(export)
    assert export.packing is not None
    assert (export.packing.state, export.packed_at) == ("failed", None)
    assert "could not be written" in export.packing.message
    assert not list(packet_folder.glob("*.part"))
    page = body(signed_in(packet_recruiter).get(reverse("export", args=[export.pk])))
    assert "Not packed." in page
    assert "Pack again" in page
    (packet_folder / export.file_name).rmdir()
    actions.resume_export(export=export, by=packet_recruiter, now=LATER)
    export.refresh_from_db()
    run_packing(export)
    assert export.packed_at == LATER


@pytest.mark.django_db
def test_packing_by_a_worker_that_was_taken_for_dead_changes_nothing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy()], packet_recruiter)
    run_lots(export)
    assert export.packing is not None
    taken: list[Job] = []

    def slow_clock() -> dt.datetime:
        if not taken:
            Job.objects.filter(pk=export.packing_id, state="running").update(heartbeat_at=NOW)
            if requeue_stale_jobs(now=NOW + STALE * 9, stale_after=STALE):
                found = claim_job(job_id=export.packing_id or 0, now=LATER)
                assert found is not None
                taken.append(found)
        return LATER

    assert actions.pack_export_job(job_id=export.packing.pk, clock=slow_clock) is None
    export.refresh_from_db()
    assert taken
    assert export.packed_at is None
    assert sorted(path.suffix for path in packet_folder.iterdir()) == [".pdf"]


# ------------------------------------------------------------------------------------------------ names


WORDS = st.one_of(
    st.text(max_size=120),
    st.sampled_from(["CON", "nul", "Com1", "..", ".", "/", "a/b", "A\u0308", "Ä", "ß", "SS", "नमस्ते", "李小龙", " x "]),
)
FILES = st.lists(
    st.builds(
        Filed,
        role_key=st.integers(1, 2),
        role=WORDS,
        candidate_key=st.integers(1, 3),
        candidate=WORDS,
        words=st.lists(WORDS, min_size=1, max_size=3),
    ),
    max_size=12,
)


@given(files=FILES)
@example(files=[Filed(1, "Role", 1, "Con", ["Kit"]), Filed(1, "Role", 2, "con", ["Kit"])])
def test_names_in_a_file_are_apart_and_of_use_to_every_file_system(files: list[Filed]):
    paths = file_paths(files)
    assert paths == file_paths(files)
    assert len({unicodedata.normalize("NFC", path.casefold()) for path in paths}) == len(files)
    for path in paths:
        role, candidate, name = path.split("/")
        assert name.endswith(".pdf")
        for part in (role, candidate, name):
            assert 0 < len(part.encode()) <= 255
            assert part == part.strip(" .-")
            assert part.casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
            assert not set(part) & set('<>:"\\|?*')
            assert all(unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp") for char in part)
    folders: dict[str, tuple[int, int]] = {}
    for file, path in zip(files, paths, strict=True):
        key = (file.role_key, file.candidate_key)
        assert folders.setdefault(path.rpartition("/")[0].casefold(), key) == key, "a folder is one candidate's"


def test_names_keep_letters_and_marks_of_any_script_and_number_what_is_called_the_same():
    kit = ["Interviewer kit", "System design", "Zoë O'Neill"]
    files = [Filed(1, "AI / ML: Lead", 1, "नमस्ते", kit), Filed(1, "AI / ML: Lead", 2, "李小龙", kit)]
    files += [Filed(1, "AI / ML: Lead", 3, "李小龙", kit), Filed(1, "AI / ML: Lead", 3, "李小龙", kit)]
    assert file_paths(files) == [
        "AI-ML-Lead/नमस्ते/Interviewer-kit_System-design_Zoë-O-Neill.pdf",
        "AI-ML-Lead/李小龙/Interviewer-kit_System-design_Zoë-O-Neill.pdf",
        "AI-ML-Lead/李小龙-2/Interviewer-kit_System-design_Zoë-O-Neill.pdf",
        "AI-ML-Lead/李小龙-2/Interviewer-kit_System-design_Zoë-O-Neill-2.pdf",
    ]


# ------------------------------------------------------------------------------------------------ cancel, resume


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


# ------------------------------------------------------------------------------------------------ the clock


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


# ------------------------------------------------------------------------------------------------ download


@pytest.mark.django_db
def test_download_hands_out_the_file_and_leaves_a_line(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = run(ask([packet_candidacy()], packet_recruiter))
    client = signed_in(packet_recruiter)
    url = reverse("export-download", args=[export.pk])
    assert client.get(url).status_code == 405
    answer = client.post(url)
    assert content(answer) == zip_of(export, packet_folder)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/zip"
    day = LATER.strftime("%Y-%m-%d")
    name = f"Packets-for-Noor-van-Dijk-for-AI-product-engineer_{day}.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    line = AuditLine.objects.get(verb="downloaded export")
    assert (line.by, line.after) == (packet_recruiter, {"packets": 1, "sha256": export.sha256})


@pytest.mark.django_db
def test_download_before_the_file_is_packed_hands_out_nothing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy()], packet_recruiter)
    packet_folder.mkdir()
    (packet_folder / export.file_name).write_bytes(b"left behind by a commit that failed")
    answer = signed_in(packet_recruiter).post(reverse("export-download", args=[export.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("export", args=[export.pk]))
    assert not AuditLine.objects.filter(verb="downloaded export").exists()


@pytest.mark.django_db
def test_download_is_closed_to_who_comes_to_owe_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_submit: Submit,
    debrief_seat: Callable[[Candidacy], Seat],
):  # fmt: skip
    candidacies = [packet_candidacy("Noor van Dijk"), packet_candidacy("Two")]
    export = run(ask(candidacies, packet_leader, BRIEF, DEBRIEF))
    client = signed_in(packet_leader)
    url = reverse("export-download", args=[export.pk])
    assert content(client.post(url))
    seat = debrief_seat(candidacies[0])
    answer = client.post(url)
    assert answer.status_code == 403
    assert "You still owe a scorecard for Noor van Dijk." in body(answer)
    assert "Two" not in body(answer)
    packet_submit(seat.interview, packet_leader)
    assert content(client.post(url))
    assert AuditLine.objects.filter(verb="downloaded export").count() == 2


@pytest.mark.django_db
def test_download_is_closed_to_who_no_longer_runs_hiring(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    export = run(ask([packet_candidacy()], packet_recruiter))
    packet_recruiter.groups.clear()
    assert signed_in(packet_recruiter).post(reverse("export-download", args=[export.pk])).status_code == 404


# ------------------------------------------------------------------------------------------------ pages


@pytest.mark.django_db
def test_bulk_finds_candidates_by_role_day_state_and_name(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User
):
    noor, two = packet_candidacy("Noor van Dijk"), packet_candidacy("Two")
    ended = packet_candidacy("Three")
    Candidacy.objects.filter(pk=ended.pk).update(state="withdrawn", ended_at=NOW)
    other = Role.objects.create(title="Another role", slug="another", created_by=packet_leader)
    Candidacy.objects.filter(pk=two.pk).update(role=other)
    Interview.objects.filter(candidacy=noor).update(
        starts_at=HELD + dt.timedelta(days=9), ends_at=HELD + dt.timedelta(days=9, hours=1)
    )
    client = signed_in(packet_recruiter)

    def found(**asked: Any) -> set[str]:
        page = client.get(reverse("packets-bulk"), asked)
        assert page.status_code == 200
        return {candidacy.candidate.name for candidacy in page.context["bulk"].shown}

    assert found() == {"Noor van Dijk", "Two"}
    assert found(state="ended") == {"Three"}
    assert found(state="all") == {"Noor van Dijk", "Two", "Three"}
    assert found(role=[other.pk]) == {"Two"}
    assert found(q="van d") == {"Noor van Dijk"}
    assert found(held_from=HELD.date() + dt.timedelta(days=8)) == {"Noor van Dijk"}
    assert found(held_to=HELD.date() + dt.timedelta(days=8)) == {"Two"}
    assert found(held_from=HELD.date(), held_to=HELD.date(), state="all") == {"Two", "Three"}
    assert found(q="nobody") == set()
    assert found(state="bogus") == set()
    assert found(held_from="yesterday") == set()
    backwards = client.get(reverse("packets-bulk"), {"held_from": "2026-11-09", "held_to": "2026-11-01"})
    assert "The last day comes before the first." in body(backwards)
    assert 'value="2026-11-09"' in body(backwards)


@pytest.mark.django_db
def test_bulk_takes_all_found_without_a_tick_for_each(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    for name in ("Ann", "Anna", "Bob"):
        packet_candidacy(name)
    client = signed_in(packet_recruiter)
    url = f"{reverse('packets-bulk')}?q=ann"
    assert "All 2 found" in body(client.get(url))
    answer = client.post(url, {"everyone": "on", "kinds": [BRIEF]})
    export = Export.objects.get()
    assert answer.url == reverse("export", args=[export.pk])
    assert {packet.candidacy.candidate.name for packet in export.packets.all()} == {"Ann", "Anna"}


@pytest.mark.django_db
def test_bulk_keeps_everything_typed_where_something_is_missing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User
):
    noor, _ = packet_candidacy("Noor van Dijk"), packet_candidacy("Two")
    client = signed_in(packet_recruiter)
    typed = {
        "candidacies": [noor.pk], "recipients": "chosen", "kinds": [KIT], "paper": "letter", "form": "merged",
    }  # fmt: skip
    answer = client.post(f"{reverse('packets-bulk')}?q=two", typed)
    assert answer.status_code == 422
    page = body(answer)
    assert "Choose at least one interviewer, or everybody assigned." in page
    assert "Noor van Dijk" in page, "chosen before, although one looks for others now"
    assert 'value="two"' in page
    for value in (f'name="candidacies" value="{noor.pk}" checked', 'value="letter"', 'value="merged"'):
        assert value in page
    assert page.count(" checked") == 5, "the candidate, the kind, the recipients, the paper, the file"
    assert client.post(reverse("packets-bulk"), {**typed, "interviewers": [packet_second.pk]}).status_code == 302
    export = Export.objects.get()
    assert (export.form, export.packets.get().reader, export.packets.get().paper) == ("merged", packet_second, "letter")


@pytest.mark.django_db
def test_bulk_refuses_in_words(
    packet_candidacy: MakeCandidacy, packet_leader: User, debrief_seat: Callable[[Candidacy], Seat]
):
    candidacy = packet_candidacy("Noor van Dijk")
    debrief_seat(candidacy)
    client = signed_in(packet_leader)
    url = reverse("packets-bulk")
    assert "You still owe a scorecard for Noor van Dijk" in body(
        client.post(url, {"candidacies": [candidacy.pk], "kinds": [DEBRIEF]})
    )
    assert "Choose at least one candidate." in body(client.post(url, {"kinds": [BRIEF]}))
    assert "Choose at least one kind" in body(client.post(url, {"candidacies": [candidacy.pk]}))
    assert "not there any more" in body(client.post(url, {"candidacies": [candidacy.pk + 999], "kinds": [BRIEF]}))
    for nonsense in ({"candidacies": ["x", "²"]}, {"paper": "a3"}, {"recipients": "x"}, {"interviewers": ["0"]}):
        assert client.post(url, {"kinds": [BRIEF], "candidacies": [candidacy.pk], **nonsense}).status_code == 422
    assert not Export.objects.exists()


@pytest.mark.django_db
def test_bulk_lists_the_first_two_hundred_and_counts_the_rest(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, monkeypatch: pytest.MonkeyPatch
):
    from apps.packets.queries import exports

    monkeypatch.setattr(exports, "CANDIDATES_SHOWN", 2)
    made = [packet_candidacy(name) for name in ("One", "Two", "Three")]
    page = body(signed_in(packet_recruiter).get(reverse("packets-bulk"), {"candidacies": [made[1].pk]}))
    assert "All 3 found" in page
    assert "Not listed: 1 more." in page
    assert "Two" in page


@pytest.mark.django_db
def test_bulk_takes_the_same_number_of_queries_for_one_and_three_candidates(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    client = signed_in(packet_recruiter)
    packet_candidacy("One")
    client.get(reverse("packets-bulk"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("packets-bulk"))
    packet_candidacy("Two"), packet_candidacy("Three")
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("packets-bulk"))
    assert len(one) == len(three)


@pytest.mark.django_db
def test_export_page_polls_until_the_end_and_shows_how_far_it_is(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    export = ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter)
    client = signed_in(packet_recruiter)
    url = reverse("export", args=[export.pk])
    Job.objects.update(requested_at=dt.datetime.now(dt.UTC) - MINUTE)
    waiting = body(client.get(url))
    assert 'hx-trigger="every 1s"' in waiting
    assert "<progress" in waiting
    assert "Waiting for a worker" in waiting
    assert reverse("export-cancel", args=[export.pk]) in waiting
    run_lots(export)
    assert "Packing 2 of them" in body(client.get(url))
    run_packing(export, lambda: dt.datetime.now(dt.UTC))
    part = body(client.get(url, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "Ready." in part
    assert reverse("export-download", args=[export.pk]) in part


@pytest.mark.django_db
def test_export_page_takes_the_same_number_of_queries_for_one_and_three_problems(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    client = signed_in(packet_recruiter)
    made = [ask([packet_candidacy(f"{n} {m}") for m in range(n)], packet_recruiter, KIT) for n in (1, 3)]
    Seat.objects.update(state="excused", excused_reason="ill")
    counts = []
    for export in made:
        run_lots(export)
        url = reverse("export", args=[export.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries_made:
            assert "any more" in body(client.get(url))
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_packets_page_lists_ones_own_exports_first(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User
):
    candidacy = packet_candidacy()
    export = ask([candidacy], packet_recruiter)
    url = reverse("export", args=[export.pk])
    client = signed_in(packet_recruiter)
    page = body(client.get(reverse("packets")))
    assert page.index("Your exports") < page.index(url)
    assert url not in body(signed_in(packet_leader).get(reverse("packets")))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("packets"))
    for _ in range(2):
        ask([candidacy], packet_recruiter)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("packets"))
    assert len(one) == len(three)


@pytest.mark.django_db
def test_tasks_pass_an_export_on_from_lot_to_packing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, django_capture_on_commit_callbacks: Any, settings: Any
):
    from celery import current_app

    current_app.conf.task_always_eager, before = True, current_app.conf.task_always_eager
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answer = signed_in(packet_recruiter).post(
                reverse("packets-bulk"), {"kinds": [BRIEF], "candidacies": [packet_candidacy().pk]}
            )
        export = Export.objects.get()
        assert answer.url == reverse("export", args=[export.pk])
        assert export.packed_at is not None
        tasks.tidy_packets()
    finally:
        current_app.conf.task_always_eager = before
