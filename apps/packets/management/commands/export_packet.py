"""`manage.py export_packet --kind candidate-brief --candidacy 7 --out brief.pdf`: one packet, at once, to a file."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Seat
from apps.packets import actions, queries
from apps.packets.models import Packet

DEMO = "demo"


class Command(BaseCommand):
    help = "Make one packet as a PDF, as the named person may have it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", required=True, choices=Packet.Kind.values)
        parser.add_argument(
            "--candidacy", required=True, metavar="ID", help='a number, or "demo" for a decided one of the demo'
        )
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who asks; else an administrator")
        parser.add_argument(
            "--interview", type=int, metavar="ID", help="for an interviewer kit, where there are several"
        )
        parser.add_argument("--paper", default=Packet.Paper.A4, choices=Packet.Paper.values)
        parser.add_argument(
            "--show-names", action="store_true", help="in a subject-access copy: interviewers by their names"
        )

    def handle(
        self,
        *,
        kind: str,
        candidacy: str | int,
        out: Path,
        email: str,
        interview: int | None = None,
        paper: str = Packet.Paper.A4,
        show_names: bool = False,
        **options: Any,
    ) -> None:
        found, by = self._demo(email) if candidacy == DEMO else self._chosen(candidacy, email)
        seats = list(queries.kit_seats([found])) if kind == Packet.Kind.INTERVIEWER_KIT else []
        if candidacy == DEMO and interview is None:
            seats = seats[:1]
        seat = self._seat(seats, by, interview) if kind == Packet.Kind.INTERVIEWER_KIT else None
        try:
            pdf = actions.render_packet(
                kind=kind,
                candidacy=found,
                interview=seat.interview if seat else None,
                reader=seat.interviewer if seat else None,
                by=by,
                now=timezone.now(),
                paper=paper,
                names_hidden=kind == Packet.Kind.SUBJECT_ACCESS and not show_names,
            )
        except actions.PacketRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        try:
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(pdf.data)
        except OSError as error:
            raise CommandError(f"{out} cannot be written ({error.strerror}).") from error
        self.stdout.write(f"{out}: {pdf.pages} pages, {len(pdf.data)} bytes")

    def _person(self, email: str) -> User:
        people = User.objects.filter(is_active=True).order_by("pk")
        if email:
            person = people.filter(email__iexact=email).first()
            if person is None:
                raise CommandError(f"Nobody active has the e-mail address {email}.")
            return person
        person = people.filter(is_superuser=True).first()
        if person is None:
            raise CommandError("There is no administrator: say with --as EMAIL whose packet this is.")
        return person

    def _chosen(self, candidacy: str | int, email: str) -> tuple[Candidacy, User]:
        by = self._person(email)
        if not str(candidacy).isdecimal():
            raise CommandError(f'--candidacy takes a number or "demo"; {candidacy} is neither.')
        found = Candidacy.objects.visible_to(by).filter(pk=int(candidacy)).first()
        if found is None:
            raise CommandError(f"There is no candidacy {candidacy} that {by.name} may see.")
        return found, by

    def _demo(self, email: str) -> tuple[Candidacy, User]:
        """The demo's candidacy that was decided last, and somebody of the demo who may read all of it."""
        people = [self._person(email)] if email else list(queries.demo_people())
        for person in people:
            found = Candidacy.objects.open_to(person).filter(pk__in=queries.demo_decided()).order_by("-pk").first()
            if found is not None:
                return found, person
        raise CommandError("The demo organisation is not in this database. `python manage.py seed_demo` makes it.")

    def _seat(self, seats: list[Seat], by: User, interview: int | None) -> Seat:
        """The seat the kit is for: one's own first, else the only one there is."""
        if interview is not None:
            seats = [seat for seat in seats if seat.interview_id == interview]
        own = [seat for seat in seats if seat.interviewer_id == by.pk]
        seats = own or (seats if by.runs_hiring else [])
        if not seats:
            raise CommandError(f"Nobody whose kit {by.name} may have is assigned to interview here.")
        if len(seats) > 1:
            lines = "\n".join(f"  --interview {s.interview_id} --as {s.interviewer.email}" for s in seats)
            raise CommandError(f"There are several kits. Say which:\n{lines}")
        return seats[0]
