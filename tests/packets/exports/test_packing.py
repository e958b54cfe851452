"""The file an export is handed out in."""

import datetime as dt
import hashlib
import io
import stat
import unicodedata
import zipfile
from pathlib import Path

import pikepdf
import pytest
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.common.actions import claim_job, requeue_stale_jobs
from apps.common.models import Job
from apps.interviews.models import Seat
from apps.packets import actions, queries
from apps.packets.actions import exporting
from apps.packets.models import Packet
from apps.packets.queries import Filed, file_paths
from tests.packets.exports.steps import (
    BRIEF,
    KIT,
    LATER,
    STALE,
    MakeCandidacy,
    ask,
    body,
    clock,
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
