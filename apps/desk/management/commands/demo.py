"""`python manage.py demo [--once]`: the main job from a role to packets, with the site running at the end.

Every process it starts is ended with it: Ctrl+C stops the site, the worker and the embedded PostgreSQL.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import User
from apps.desk.management.commands.seed_demo import read_organisation, refuse_on_the_internet
from apps.interviews.models import Candidacy, Interview
from apps.loops.models import LoopPlan
from apps.packets import actions as packet_actions
from apps.packets.models import Packet

PACKETS_WITHIN_SECONDS = 120
SIGN_INS = ("ada", "ben", "cleo", "dana", "eli")


class Command(BaseCommand):
    help = "Set up the demo organisation, print its loop, make a packet of each kind and serve the site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end after the packets")

    def handle(self, *, once: bool, **options: Any) -> None:
        refuse_on_the_internet()
        processes: list[subprocess.Popen[bytes]] = []
        for number in (signal.SIGINT, signal.SIGTERM):  # said aloud: a shell's background job inherits SIGINT ignored
            signal.signal(number, _as_interrupt)
        try:
            self._run(processes, once=once)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            _end(processes)

    def _run(self, processes: list[subprocess.Popen[bytes]], *, once: bool) -> None:
        call_command("migrate", verbosity=0)
        call_command("load_library", stdout=self.stdout)
        call_command("seed_demo", stdout=self.stdout)
        plan = LoopPlan.objects.filter(state=LoopPlan.State.PUBLISHED, role__preset__slug="ai-product-engineer").first()
        if plan is None:
            raise CommandError("The demo's AI product engineer has no published plan. Run `make reset`, then again.")
        call_command("show_plan", plan.pk, stdout=self.stdout)
        processes.append(_start("worker", "-m", "celery", "-A", "hiringloop", "worker", "-B", *WORKER_OPTIONS))
        for packet in self._packets():
            self.stdout.write(f"  {packet.get_kind_display():<16} {packet.pages:>3} pages  {_shown(_path(packet))}")
        if once:
            return
        port = _free_port()
        processes.append(
            _start("web", "-m", "gunicorn", "hiringloop.wsgi", "--bind", f"127.0.0.1:{port}", *WEB_OPTIONS)
        )
        _wait_for(port)
        self._say_where(port)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise CommandError(f"A process ended by itself; its log is in {_shown(settings.VAR_DIR / 'log')}.")

    def _packets(self) -> list[Packet]:
        """A packet of each kind about a decided candidacy, made by the worker; those of an earlier run are kept."""
        candidacy = Candidacy.objects.filter(state=Candidacy.State.DECIDED).order_by("pk").first()
        if candidacy is None:
            raise CommandError("The demo has no decided candidacy. Run `make reset`, then again.")
        ready = self._ready(candidacy)
        if len(ready) < len(Packet.Kind):
            self._request(candidacy, missing=set(Packet.Kind) - set(ready))
            end = time.monotonic() + PACKETS_WITHIN_SECONDS
            while len(ready) < len(Packet.Kind):
                if time.monotonic() > end:
                    raise CommandError(f"The worker made no packets in time; see {_shown(settings.VAR_DIR / 'log')}.")
                time.sleep(0.2)
                ready = self._ready(candidacy)
        self.stdout.write("Packets:")
        return [ready[kind] for kind in Packet.Kind]

    def _ready(self, candidacy: Candidacy) -> dict[str, Packet]:
        packets = Packet.objects.filter(candidacy=candidacy, state=Packet.State.DONE).order_by("-pk")
        return {packet.kind: packet for packet in packets if _path(packet).exists()}

    def _request(self, candidacy: Candidacy, *, missing: set[Packet.Kind]) -> None:
        leader = User.objects.get(email="cleo@demo.example")
        now = timezone.now()
        kit = Packet.Kind.INTERVIEWER_KIT
        if kit in missing:
            interview = Interview.objects.filter(candidacy=candidacy, state=Interview.State.SCHEDULED).order_by("pk")[0]
            owner = interview.seats.order_by("pk")[0].interviewer
            packet_actions.request_own_kit(interview=interview, by=owner, now=now)
        others = [other for other in Packet.Kind if other in missing and other != kit]
        if others:
            packet_actions.request_packets(candidacies=[candidacy], kinds=others, names_hidden=True, by=leader, now=now)

    def _say_where(self, port: int) -> None:
        organisation = read_organisation()
        self.stdout.write(f"\nThe site runs at http://127.0.0.1:{port}/ (Ctrl+C stops everything)\n\nSign in as")
        for person in organisation.people:
            if person.slug in SIGN_INS:
                kinds = ", ".join(person.kinds) or "outsider"
                self.stdout.write(f"  {person.email:<20} {organisation.password}   {kinds}")


WORKER_OPTIONS = ("--loglevel", "INFO", "--concurrency", "2", "--without-gossip", "--without-mingle")
WEB_OPTIONS = ("--no-control-socket", "--workers", "2", "--threads", "4", "--timeout", "60")


def _as_interrupt(signum: int, frame: Any) -> None:
    raise KeyboardInterrupt


def _start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A process of its own group, so that Ctrl+C reaches it only through us; its output goes to a log."""
    with (settings.VAR_DIR / "log" / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=settings.BASE_DIR, stdout=log, stderr=log, start_new_session=True
        )


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in reversed(processes):
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    """PORT where it is set, else 8000 or the next free one."""
    asked = os.environ.get("PORT")
    if asked is not None and not (asked.isdigit() and 0 < int(asked) < 65536):
        raise CommandError("PORT has a value that cannot be used: expected a number from 1 to 65535.")
    for port in [int(asked)] if asked else range(8000, 8050):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise CommandError(f"Port {asked or '8000 to 8049'} is taken. Set PORT to a free one.")


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise CommandError(f"The site did not start; see {_shown(settings.VAR_DIR / 'log' / 'web.log')}.")


def _path(packet: Packet) -> Path:
    return Path(settings.PACKETS_DIR) / packet.file_name


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
