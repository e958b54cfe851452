"""A bulk export by real workers, beside WeasyPrint called once for every packet on the same templates."""

import datetime as dt
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CANDIDACIES = 200
STATIONS = ("critique-a-prompt-program", "product-discovery-underspecified")
SAMPLED = 30  # packets of each kind that WeasyPrint alone makes; the rest of 800 would take an hour
WORKERS = 2
WORDS = re.findall(
    r"\S+",
    "asked which of the failing cases share a cause before touching the prompt, read two traces to the end, "
    "named the chunk boundary as the suspect, wrote one test for it and predicted what the metric would do",
)


def packets() -> None:
    """Pages a second in bulk and one by one, the memory of each worker, and one packet cold and warm."""
    from apps.packets.models import Packet

    candidacies, recruiter = _candidacies()
    kinds = [Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF]
    samples = {kind: _sample(kind, candidacies, recruiter) for kind in kinds}
    # Half before the export and half after it: the speed of a machine that others use drifts.
    before = {kind: _timed(weasyprint_alone, samples[kind].contents[::2]) for kind in kinds}
    folder = Path(tempfile.mkdtemp(prefix="hiringloop-bench-"))
    try:
        bulk, made = _export(candidacies, kinds, recruiter, folder)
        after = {kind: _timed(weasyprint_alone, samples[kind].contents[1::2]) for kind in kinds}
        again, _ = _export(candidacies, kinds, recruiter, folder)
    finally:
        shutil.rmtree(folder)
    pages = sum(packet.pages for packet in made)
    alone = {kind: _single(samples[kind], before[kind], after[kind]) for kind in kinds}
    count = {kind: sum(1 for packet in made if packet.kind == kind) for kind in kinds}
    wall = sum(alone[kind].naive.wall * count[kind] for kind in kinds)
    cpu = sum(alone[kind].naive.cpu * count[kind] for kind in kinds)
    print(f"Bulk export of {len(candidacies)} candidacies: {len(made)} packets, {pages} pages, {WORKERS} workers")
    print(f"{'':<44}{'ms a page':>10}{'ratio':>8}{'CPU ms':>10}{'ratio':>8}")
    for what, time_ in [
        ("WeasyPrint once per packet, one process", Spent(wall, cpu)),
        ("export, with database and ZIP", bulk.spent),
        ("the same export again, nothing changed", again.spent),
    ]:
        print(
            f"{what:<44}{time_.wall / pages * 1000:>10.1f}{wall / time_.wall:>8.1f}"
            f"{time_.cpu / pages * 1000:>10.1f}{cpu / time_.cpu:>8.1f}"
        )
    print(f"Two processes share the work: the first ratio is at best twice the second. Took {bulk.spent.wall:.0f} s.")
    print(f"Most memory of one worker process: {bulk.most / 2**20:.0f} MB")
    for kind in kinds:
        one = alone[kind]
        print(
            f"One {Packet.Kind(kind).label.lower():<16} WeasyPrint alone {one.naive.wall * 1000:>5.0f} ms, "
            f"cold {one.cold.wall * 1000:>5.0f} ms, warm {one.warm.wall * 1000:>4.0f} ms; "
            f"reading what it says {one.read.wall * 1000:>4.0f} ms more"
        )
    print()


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Bulk:
    """`most`: resident bytes of the biggest worker process at its biggest."""

    spent: Spent
    most: int


@dataclass(frozen=True)
class Single:
    """One packet, on average: WeasyPrint by itself, ours cold and warm, and reading its contents beforehand."""

    naive: Spent
    cold: Spent
    warm: Spent
    read: Spent


def _export(candidacies: Any, kinds: Any, by: Any, folder: Path) -> tuple[Bulk, list[Any]]:
    """From the request to the finished ZIP, by Celery workers that are up already."""
    from django.conf import settings
    from django.utils import timezone

    from apps.packets.actions import request_export
    from apps.packets.models import Packet

    settings.PACKETS_DIR = folder / "packets"
    with workers(folder) as process:
        begin, before = time.perf_counter(), _below(process.pid)[1]
        export = request_export(
            candidacies=candidacies, kinds=kinds, recipients=None, paper="a4", form="zip", names_hidden=True, by=by,
            now=timezone.now(),
        )  # fmt: skip
        while export.packed_at is None:
            time.sleep(0.5)
            export.refresh_from_db()
            if process.poll() is not None:
                raise SystemExit("the workers ended")
        wall = time.perf_counter() - begin
        most, after = _below(process.pid)
        bulk = Bulk(Spent(wall, after - before), most)
    made = list(export.packets.select_related("candidacy__candidate", "interview", "reader", "requested_by"))
    if wrong := [packet.problem for packet in made if packet.state != Packet.State.DONE]:
        raise SystemExit("\n".join(wrong[:10]))
    return bulk, made


@contextmanager
def workers(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """As `make worker` starts them, on this process's database."""
    from tests.bench.submissions import database_address

    environment = os.environ | {
        "DATABASE_URL": database_address(),
        "VAR_DIR": str(folder),
        "CELERY_BROKER_URL": "filesystem://",
        "LOG_LEVEL": "WARNING",
        "JOB_SWEEP_SECONDS": "1",
        "JOB_STALE_SECONDS": "1",
    }
    command = [sys.executable, "-m", "celery", "-A", "hiringloop", "worker", "-B", "--concurrency", str(WORKERS)]
    command += ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        time.sleep(8)  # until they are up: their start is not what is measured
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _below(pid: int) -> tuple[int, float]:
    """Of the children of a process: the most bytes that one ever had resident, and the processor's seconds of all."""
    most, seconds = 0, 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) != pid:  # proc(5): after the name, the second field is the parent
                continue
            (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", (folder / "status").read_text())
        except (OSError, ValueError):
            continue  # it has ended meanwhile
        most = max(most, int(peak) * 1024)
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return most, seconds


@dataclass(frozen=True)
class Sample:
    """The contents of some packets of one kind, and what reading one of them took."""

    contents: list[Any]
    read: Spent


def _sample(kind: str, candidacies: list[Any], by: Any) -> Sample:
    from apps.packets.actions import packet_contents
    from apps.packets.models import Packet
    from apps.packets.queries import kit_seats

    contents: list[Any] = []

    def read(chosen: tuple[Any, Any, Any]) -> None:
        candidacy, interview, reader = chosen
        now = dt.datetime.now(dt.UTC)
        contents.append(
            packet_contents(kind=kind, candidacy=candidacy, interview=interview, reader=reader, by=by, now=now)
        )

    chosen = [(candidacy, None, None) for candidacy in candidacies]
    if kind == Packet.Kind.INTERVIEWER_KIT:
        seats = kit_seats(candidacies).select_related("interview__candidacy")
        chosen = [(seat.interview.candidacy, seat.interview, seat.interviewer) for seat in seats]
    spent = _timed(read, random.Random(7).sample(chosen, SAMPLED))
    return Sample(contents, spent)


def _single(sample: Sample, before: Spent, after: Spent) -> Single:
    """`before` and `after`: what WeasyPrint alone took, at two times."""
    from apps.packets.render import forget_shared_parts, to_pdf

    forget_shared_parts()
    cold = _timed(to_pdf, sample.contents[:1])
    for one in sample.contents:
        to_pdf(one)
    naive = Spent((before.wall + after.wall) / 2, (before.cpu + after.cpu) / 2)
    return Single(naive=naive, cold=cold, warm=_timed(to_pdf, sample.contents), read=sample.read)


def weasyprint_alone(contents: Any) -> bytes:
    """The whole packet as one page of HTML, the style sheet read anew: what a call per packet costs."""
    from weasyprint import CSS, HTML

    from apps.packets.render.html import shared_part, to_html
    from apps.packets.render.layout import ClosedFetcher, style_text

    html, part = to_html(contents), shared_part(contents)
    if part is not None:
        html = html.replace('<div class="running"></div>', to_html(part).split("<main", 1)[1].split(">", 1)[1])
    document = HTML(string=html, url_fetcher=ClosedFetcher())
    data: bytes = document.write_pdf(
        stylesheets=[CSS(string=style_text())], pdf_variant="pdf/ua-1", pdf_identifier=True
    )
    return data


def _timed(act: Callable[[Any], object], things: list[Any]) -> Spent:
    """What each of them took."""
    wall, cpu = time.perf_counter(), time.process_time()
    for thing in things:
        act(thing)
    return Spent((time.perf_counter() - wall) / len(things), (time.process_time() - cpu) / len(things))


def _candidacies() -> tuple[list[Any], Any]:
    """Two stations of the shipped library, two scorecards each with evidence in words."""
    from django.utils import timezone

    from apps.accounts.models import Kind
    from apps.interviews.actions import save_scorecard, submit_scorecard
    from apps.interviews.core.entries import RatingEntry
    from apps.library.models import Competency, Station
    from tests.factories import CandidacyFactory, PlanFactory, RoleFactory, UserFactory, seat

    rng = random.Random(11)
    stations = list(Station.objects.filter(slug__in=STATIONS).order_by("pk"))
    if len(stations) != len(STATIONS):
        raise SystemExit(f"The library has not all of {', '.join(STATIONS)}.")
    measured = Competency.objects.filter(measured_by__version__in=[one.current_id for one in stations]).distinct()
    plan: Any = PlanFactory(role=RoleFactory(requires=list(measured.order_by("pk"))), stations=stations)
    people: list[Any] = [UserFactory(kinds=[Kind.INTERVIEWER], password=None) for _ in range(4)]
    recruiter = UserFactory(kinds=[Kind.RECRUITER], password=None)
    begins = timezone.now() - dt.timedelta(days=60)
    found: list[Any] = []
    for number in range(CANDIDACIES):
        candidacy: Any = CandidacyFactory(plan=plan)
        for place, interview in enumerate(candidacy.interviews.order_by("plan_station__position")):
            person = people[(number + place) % len(people)]
            seat(interview, person, starts_at=begins + dt.timedelta(hours=6 * number + 2 * place))
            competencies = interview.plan_station.version.measures.values_list("competency", flat=True)
            values: dict[str, Any] = {
                "interview": interview,
                "entries": {
                    pk: RatingEntry(
                        level=rng.randint(1, 4), no_evidence=False,
                        evidence=f"{candidacy.candidate.name} {' '.join(rng.choices(WORDS, k=50))}.",
                    )
                    for pk in competencies
                },
                "recommendation": rng.choice(["no", "yes", "strong_yes"]),
                "private_notes": "",
                "by": person,
                "now": timezone.now(),
            }  # fmt: skip
            draft = save_scorecard(**values, revision=0)
            submit_scorecard(**values, revision=draft.revision)
        found.append(candidacy)
    return found, recruiter
