"""Asking for many packets at once."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from apps.accounts.models import User
from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidacy, Seat
from apps.packets import queries
from apps.packets.actions import exporting
from apps.packets.models import Export, Packet
from tests.packets.exports.steps import BRIEF, DEBRIEF, KIT, MakeCandidacy, ask


@pytest.mark.django_db
def test_asking_parts_the_packets_into_lots_and_no_candidacy_between_two(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(12)]
    export = ask(candidacies, packet_recruiter, KIT, BRIEF, DEBRIEF)
    lots = list(queries.open_lots(export))
    assert [lot.steps_total for lot in lots] == [20, 20, 8]
    assert [lot.title for lot in lots] == [f"Packets for 12 candidates, lot {n} of 3" for n in (1, 2, 3)]
    assert all(lot.task == "apps.packets.tasks.run_packets" for lot in lots)
    for candidacy in candidacies:
        assert candidacy.packets.values("job").distinct().count() == 1
    first = list(export.packets.filter(candidacy=candidacies[0]).order_by("pk").values_list("kind", flat=True))
    assert first == [KIT, KIT, BRIEF, DEBRIEF]


@pytest.mark.django_db
def test_asking_leaves_one_line_that_says_who_exports_what_about_whom(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User
):
    candidacies = [packet_candidacy(f"Candidate {index}") for index in range(12)]
    ask(candidacies, packet_recruiter, KIT, BRIEF, recipients=[packet_second], paper="letter", form="merged")
    line = AuditLine.objects.get()
    assert (line.by, line.verb) == (packet_recruiter, "asked for export")
    assert line.after == {
        "packets": 24,
        "kinds": [BRIEF, KIT],
        "candidacies": sorted(candidacy.pk for candidacy in candidacies),
        "recipients": [packet_second.pk],
        "paper": "letter",
        "form": "merged",
        "names_hidden": True,
    }


@pytest.mark.django_db
def test_asking_for_chosen_interviewers_makes_their_kits_only(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User, packet_leader: User
):
    candidacies = [packet_candidacy("One"), packet_candidacy("Two")]
    export = ask(candidacies, packet_recruiter, KIT, recipients=[packet_second], paper="letter")
    assert {(packet.reader, packet.paper) for packet in export.packets.all()} == {(packet_second, "letter")}
    assert export.packets.count() == 2
    with pytest.raises(ValidationError, match="None of the chosen interviewers"):
        ask(candidacies, packet_recruiter, KIT, recipients=[packet_leader])


@pytest.mark.django_db
def test_names_are_hidden_in_subject_access_copies_only(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    export = ask([packet_candidacy()], packet_recruiter, BRIEF, Packet.Kind.SUBJECT_ACCESS)
    hidden = dict(export.packets.order_by("pk").values_list("kind", "names_hidden"))
    assert hidden == {BRIEF: False, Packet.Kind.SUBJECT_ACCESS: True}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [DEBRIEF, Packet.Kind.DECISION_RECORD, Packet.Kind.SUBJECT_ACCESS])
def test_asking_is_refused_with_names_while_owing_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, debrief_seat: Callable[[Candidacy], Seat], kind: str
):
    first, second = packet_candidacy("Noor van Dijk"), packet_candidacy("Two")
    debrief_seat(first)
    with pytest.raises(ValidationError, match="You still owe a scorecard for Noor van Dijk"):
        ask([first, second], packet_leader, BRIEF, kind)
    assert not Export.objects.exists()
    assert not Job.objects.exists()
    ask([first, second], packet_leader, BRIEF)


@pytest.mark.django_db
def test_asking_is_for_those_who_run_hiring_and_for_candidacies_that_are_there(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_outsider: User
):
    candidacy = packet_candidacy()
    for person in (packet_interviewer, packet_outsider):
        with pytest.raises(PermissionDenied):
            ask([candidacy], person)
    with pytest.raises(ValidationError, match="at least one candidate"):
        ask([], packet_recruiter)


@pytest.mark.django_db
def test_asking_for_more_than_one_export_holds_says_how_many_that_would_be(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "MOST_PACKETS", 3)
    with pytest.raises(ValidationError, match="That would be 4 packets, and one export holds at most 3"):
        ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter, KIT)
    assert not Export.objects.exists()
    assert ask([packet_candidacy("Three")], packet_recruiter, KIT, BRIEF).packets.count() == 3
