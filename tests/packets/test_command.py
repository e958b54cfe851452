"""`manage.py export_packet`: one packet to a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.interviews.models import Candidacy
from apps.packets.models import Packet

pytestmark = pytest.mark.django_db
KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
MakeCandidacy = Callable[..., Candidacy]


def test_command_writes_a_packet_as_somebody(
    packet_candidacy: MakeCandidacy, packet_interviewer: User, packet_recruiter: User, tmp_path: Path, capsys: Any
):
    candidacy = packet_candidacy()
    out = tmp_path / "kit.pdf"
    call_command("export_packet", kind=KIT, candidacy=candidacy.pk, out=out, email=packet_interviewer.email.upper())
    assert out.read_bytes().startswith(b"%PDF-1.7")
    assert out.stat().st_mode & 0o777 == 0o600
    call_command("export_packet", kind=BRIEF, candidacy=candidacy.pk, out=out, email=packet_recruiter.email)
    assert "kit.pdf: 1 pages" in capsys.readouterr().out


def test_command_refuses_in_words(
    packet_candidacy: MakeCandidacy, packet_interviewer: User, packet_recruiter: User, tmp_path: Path
):
    candidacy = packet_candidacy()
    out = tmp_path / "packet.pdf"

    def refused(words: str, **options: Any) -> None:
        with pytest.raises(CommandError, match=words):
            call_command("export_packet", candidacy=candidacy.pk, **{"out": out, **options})

    refused("Nobody active", kind=BRIEF, email="nobody@people.example")
    refused("no administrator", kind=BRIEF)
    refused("owes a scorecard", kind=DEBRIEF, email=packet_interviewer.email)
    refused("made by those who run hiring", kind=BRIEF, email=packet_interviewer.email)
    refused("There are several kits", kind=KIT, email=packet_recruiter.email)
    refused("cannot be written", kind=BRIEF, email=packet_recruiter.email, out=tmp_path / "no" / "where.pdf")
    with pytest.raises(CommandError, match="no candidacy"):
        call_command("export_packet", kind=BRIEF, candidacy=0, out=out, email=packet_recruiter.email)
    assert not out.exists()
