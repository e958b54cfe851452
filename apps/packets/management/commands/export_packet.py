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


class Command(BaseCommand):
    help = "Make one packet as a PDF, as the named person may have it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", required=True, choices=Packet.Kind.values)
        parser.add_argument("--candidacy", required=True, type=int, metavar="ID")
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--as", dest="email", default="", metavar="EMAIL", help="who asks; else an administrator")
        parser.add_argument(
            "--interview", type=int, metavar="ID", help="for an interviewer kit, where there are several"
        )

    def handle(
        self, *, kind: str, candidacy: int, out: Path, email: str, interview: int | None, **options: Any
    ) -> None:
        by = self._person(email)
        found = Candidacy.objects.visible_to(by).filter(pk=candidacy).first()
        if found is None:
            raise CommandError(f"There is no candidacy {candidacy} that {by.name} may see.")
        seat = self._seat(found, by, interview) if kind == Packet.Kind.INTERVIEWER_KIT else None
        try:
            pdf = actions.render_packet(
                kind=kind,
                candidacy=found,
                interview=seat.interview if seat else None,
                reader=seat.interviewer if seat else None,
                by=by,
                now=timezone.now(),
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

    def _seat(self, candidacy: Candidacy, by: User, interview: int | None) -> Seat:
        """The seat the kit is for: one's own first, else the only one there is."""
        seats = list(queries.kit_seats([candidacy]))
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
