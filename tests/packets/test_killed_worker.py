"""A worker that is killed in the middle costs seconds, not the work: real workers, real signals, real files."""

import csv
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidacy
from apps.packets import actions
from apps.packets.models import Export, Packet

PATIENCE = 150.0
KINDS = [Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF]
KILLS = 20
WHOLE_WORKERS = (5, 13)  # at these kills the whole worker goes, at the others the process that makes the packets


def database_url() -> str:
    """The test database as a worker in another process reaches it; a socket's folder is percent-encoded."""
    params = connection.get_connection_params()
    user, host = quote(params["user"], safe=""), quote(str(params.get("host") or "127.0.0.1"), safe="")
    password = f":{quote(params['password'], safe='')}" if params.get("password") else ""
    return f"postgresql://{user}{password}@{host}:{params.get('port') or 5432}/{params['dbname']}"


def children_of(pid: int) -> list[int]:
    """Whichever of its threads started them: the one that replaces a child that died is not the first."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in lists for child in path.read_text().split()]


class Workers:
    """Celery workers, and beat apart from them, each in its own process group, on a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = folder / "worker.log"

    def start(self, *, with_beat: bool = True) -> subprocess.Popen[bytes]:
        return self._start("worker", *(["-B"] if with_beat else []), "--concurrency", "1", "-l", "INFO")

    def start_beat(self) -> None:
        self._start("beat", "-l", "INFO")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": "filesystem://",
            "JOB_STALE_SECONDS": "2",
            "JOB_SWEEP_SECONDS": "1",
        }
        command = [sys.executable, "-m", "celery", "-A", "hiringloop", *arguments]
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                command,
                cwd=django_settings.BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(worker)
        return worker

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """The whole group at once and without a word: the worker, its child and beat."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.running.remove(worker)

    def kill_child(self, worker: subprocess.Popen[bytes]) -> None:
        """Only the process that makes the packets; the worker starts another one, which knows nothing of the first."""
        self.wait_until(lambda: bool(children_of(worker.pid)), "The start of a worker")
        for child in children_of(worker.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def wait_until(self, claim: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not claim():
            if time.monotonic() > end:
                told = [line for line in self.log.read_text().splitlines() if "Sending due task" not in line]
                states = list(Job.objects.values_list("pk", "state", "steps_done", "steps_total", "attempts"))
                raise AssertionError(f"{what} did not happen. Jobs: {states}\n" + "\n".join(told)[-6000:])
            time.sleep(0.05)


@pytest.fixture
def packet_workers(tmp_path: Path, settings: Any) -> Iterator[Workers]:
    folder = tmp_path / "worker-var"
    folder.mkdir()
    settings.PACKETS_DIR = folder / "packets"
    workers = Workers(folder)
    yield workers
    for worker in list(workers.running):
        workers.kill(worker)


@pytest.mark.django_db(transaction=True)
def test_an_export_ends_with_each_packet_once_although_its_workers_are_killed_twenty_times(
    packet_candidacy: Callable[..., Candidacy], packet_recruiter: User, packet_workers: Workers
):
    """60 packets in three lots, two workers, twenty SIGKILLs, and one more for both when everything is made.

    Eighteen times the process that makes the packets is killed, twice its whole worker, which is slow to start again.
    The moments are drawn with a seed: after so many packets, which spreads them over the whole export, and some
    tenths of a second later, which may be in the middle of a packet or of a wait. Nobody is killed five times before
    a lot gets one step further: that a lot is given up then is what tests/common/test_jobs.py shows.
    """
    chance = random.Random(20261123)
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(15)]
    export = actions.request_export(
        candidacies=candidacies, kinds=KINDS, recipients=None, paper="a4", form="zip", names_hidden=True,
        by=packet_recruiter, now=timezone.now(),
    )  # fmt: skip
    folder = packet_workers.folder / "packets"
    packets = export.packets.order_by("pk")
    assert packets.count() == 60

    def made() -> int:
        return packets.filter(state=Packet.State.DONE).count()

    def is_packed() -> bool:
        export.refresh_from_db()
        return export.packed_at is not None

    packet_workers.start_beat()
    pair = [packet_workers.start(with_beat=False) for _ in range(2)]
    seen: dict[int, str] = {}
    for kill, at_least in enumerate(sorted(chance.sample(range(1, 56), KILLS))):
        packet_workers.wait_until(lambda least=at_least: made() >= least, f"Packet {at_least}")
        time.sleep(chance.uniform(0, 0.6))
        victim = chance.randrange(2)
        if kill in WHOLE_WORKERS:
            packet_workers.kill(pair[victim])
            pair[victim] = packet_workers.start(with_beat=False)
        else:
            packet_workers.kill_child(pair[victim])
        assert not is_packed(), f"the work ended before kill {kill + 1} of {KILLS}"
        now_made = dict(packets.filter(state=Packet.State.DONE).values_list("pk", "sha256"))
        assert {pk: now_made.get(pk) for pk in seen} == seen, "what was made stays as it is"
        seen = now_made
        for packet in packets.filter(state=Packet.State.DONE):
            assert hashlib.sha256((folder / packet.file_name).read_bytes()).hexdigest() == packet.sha256
    packet_workers.wait_until(lambda: made() == 60, "The last packet")
    for worker in pair:
        packet_workers.kill(worker)
    packet_workers.start(with_beat=False)
    packet_workers.wait_until(is_packed, "The packing")

    assert made() == 60
    archived = (folder / export.file_name).read_bytes()
    assert hashlib.sha256(archived).hexdigest() == export.sha256
    with zipfile.ZipFile(io.BytesIO(archived)) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode("utf-8-sig"), newline="")))
        assert sorted(row["file"] for row in rows) == sorted(set(archive.namelist()) - {"manifest.csv"})
        found = {row["file"]: hashlib.sha256(archive.read(row["file"])).hexdigest() for row in rows}
    assert found == {row["file"]: row["sha256"] for row in rows}
    assert sorted(found.values()) == sorted(packet.sha256 for packet in packets)
    assert AuditLine.objects.filter(verb="packed export").count() == 1
    assert Export.objects.count() == 1
    whole = {packet.file_name for packet in packets} | {export.file_name}
    assert whole <= {path.name for path in folder.iterdir()}
    assert {path.suffix for path in folder.iterdir() if path.name not in whole} <= {".part"}
    assert not Job.objects.filter(state=Job.State.FAILED).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_goes_on_although_its_process_is_killed_while_it_waits_for_work(
    packet_candidacy: Callable[..., Candidacy], packet_recruiter: User, packet_workers: Workers
):
    """Whoever waits must hold nothing that the next one needs."""
    worker = packet_workers.start(with_beat=False)
    packet_workers.wait_until(lambda: "ready." in packet_workers.log.read_text(), "The start of the worker")
    for _ in range(3):
        packet_workers.kill_child(worker)
        time.sleep(1)  # until the next one waits as well
    job = actions.request_packets(
        candidacies=[packet_candidacy()], kinds=[Packet.Kind.CANDIDATE_BRIEF], by=packet_recruiter, now=timezone.now()
    )
    packet_workers.start_beat()
    packet_workers.wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE, "The packet")


@pytest.mark.django_db(transaction=True)
def test_packets_are_made_exactly_once_although_a_worker_is_killed(
    packet_candidacy: Callable[..., Candidacy], packet_recruiter: User, packet_workers: Workers
):
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(6)]
    job = actions.request_packets(candidacies=candidacies, kinds=KINDS, by=packet_recruiter, now=timezone.now())
    assert job.steps_total == 24

    def is_under_way() -> bool:
        job.refresh_from_db()
        return 1 <= job.steps_done < job.steps_total

    def is_ended() -> bool:
        job.refresh_from_db()
        return not job.is_open

    first = packet_workers.start()
    packet_workers.wait_until(is_under_way, "The first packet")
    packet_workers.kill(first)
    job.refresh_from_db()
    made = {packet.pk: packet.sha256 for packet in job.packets.filter(state=Packet.State.DONE)}
    assert 1 <= len(made) < 24
    assert job.steps_done == len(made)
    assert job.packets.filter(state=Packet.State.QUEUED).count() == 24 - len(made)

    packet_workers.start()
    packet_workers.wait_until(is_ended, "The end of the work")

    assert (job.state, job.steps_done) == (Job.State.DONE, 24)
    folder = packet_workers.folder / "packets"
    packets = list(job.packets.all())
    assert {packet.state for packet in packets} == {Packet.State.DONE}
    assert {path.name for path in folder.iterdir()} == {packet.file_name for packet in packets}
    for packet in packets:
        assert hashlib.sha256((folder / packet.file_name).read_bytes()).hexdigest() == packet.sha256
    assert {packet.pk: packet.sha256 for packet in packets if packet.pk in made} == made
