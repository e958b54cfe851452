"""A worker that is killed in the middle costs seconds, not the work: real workers, real signals, real files."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import Job
from apps.interviews.models import Candidacy
from apps.packets import actions
from apps.packets.models import Packet

PATIENCE = 150.0


def database_url() -> str:
    """The test database as a worker in another process reaches it; a socket's folder is percent-encoded."""
    params = connection.get_connection_params()
    user, host = quote(params["user"], safe=""), quote(str(params.get("host") or "127.0.0.1"), safe="")
    password = f":{quote(params['password'], safe='')}" if params.get("password") else ""
    return f"postgresql://{user}{password}@{host}:{params.get('port') or 5432}/{params['dbname']}"


class Workers:
    """Celery workers with beat, each in its own process group, on a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.log = folder / "worker.log"

    def start(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": "filesystem://",
            "JOB_STALE_SECONDS": "4",
            "JOB_SWEEP_SECONDS": "1",
        }
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "hiringloop",
            "worker",
            "-B",
            "--concurrency",
            "1",
            "-l",
            "INFO",
        ]
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

    def wait_until(self, claim: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not claim():
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not happen.\n{self.log.read_text()[-4000:]}")
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
def test_packets_are_made_exactly_once_although_a_worker_is_killed(
    packet_candidacy: Callable[..., Candidacy], packet_recruiter: User, packet_workers: Workers
):
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(6)]
    job = actions.request_packets(
        candidacies=candidacies, kinds=Packet.Kind.values, by=packet_recruiter, now=timezone.now()
    )
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

    assert (job.state, job.steps_done, job.attempts) == (Job.State.DONE, 24, 2)
    folder = packet_workers.folder / "packets"
    packets = list(job.packets.all())
    assert {packet.state for packet in packets} == {Packet.State.DONE}
    assert {path.name for path in folder.iterdir()} == {packet.file_name for packet in packets}
    for packet in packets:
        assert hashlib.sha256((folder / packet.file_name).read_bytes()).hexdigest() == packet.sha256
    assert {packet.pk: packet.sha256 for packet in packets if packet.pk in made} == made
