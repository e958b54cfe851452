"""The steps an export takes, as the tests take them: ask, make the lots, pack, look inside."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Scorecard
from apps.packets import actions, queries
from apps.packets.models import Export, Packet
from tests.packets.samples import NOW

KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
COPY = Packet.Kind.SUBJECT_ACCESS
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
