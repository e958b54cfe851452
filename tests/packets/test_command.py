"""`manage.py export_packet`: one packet to a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.debriefs.models import Decision
from apps.interviews.models import Candidacy, Scorecard
from apps.packets.models import Packet
from tests.packets.reading import found_by_another_checker, is_clean
from tests.packets.samples import NOW
from tests.packets.structure import structure_faults

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
    assert "kit.pdf: 2 pages" in capsys.readouterr().out


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


@pytest.fixture
def demo_decided(
    packet_candidacy: MakeCandidacy,
    packet_submit: Callable[..., Scorecard],
    packet_leader: User,
    packet_interviewer: User,
    packet_second: User,
) -> None:
    """Two scorecards and a decision, by people with addresses of the demo organisation."""
    candidacy = packet_candidacy()
    for person, interview in zip([packet_interviewer, packet_second], candidacy.interviews.order_by("pk"), strict=True):
        packet_submit(interview, person)
    Decision.objects.create(
        candidacy=candidacy, outcome="offer", reasons="They measure first.", decided_by=packet_leader, decided_at=NOW
    )
    Candidacy.objects.filter(pk=candidacy.pk).update(state="decided", ended_at=NOW)
    for person in (packet_leader, packet_interviewer, packet_second):
        User.objects.filter(pk=person.pk).update(email=f"person{person.pk}@demo.example")


@pytest.mark.parametrize("kind", Packet.Kind.values)
def test_command_makes_every_kind_from_the_demo(demo_decided: None, kind: str, tmp_path: Path, capsys: Any):
    out = tmp_path / f"{kind}.pdf"
    call_command("export_packet", "--kind", kind, "--candidacy", "demo", "--paper", "letter", "--out", str(out))
    assert f"{out}: " in capsys.readouterr().out
    assert is_clean(out)
    assert found_by_another_checker(out) == []
    with pikepdf.open(out) as pdf:
        assert structure_faults(pdf) == []
        assert {tuple(round(float(side)) for side in page.mediabox) for page in pdf.pages} == {(0, 0, 612, 792)}


def test_command_says_how_to_get_a_demo_and_what_a_candidacy_is(packet_recruiter: User, tmp_path: Path):
    def refused(words: str, candidacy: str) -> None:
        with pytest.raises(CommandError, match=words):
            call_command(
                "export_packet", "--kind", BRIEF, "--candidacy", candidacy, "--out", str(tmp_path / "x.pdf"),
                "--as", packet_recruiter.email,
            )  # fmt: skip

    refused("seed_demo", "demo")
    refused("takes a number", "the first one")
