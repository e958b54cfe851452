"""The subject-access copy: complete, for the candidate, and without other people."""

import datetime as dt
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import Kind, User
from apps.common.actions import record
from apps.common.models import AuditLine
from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.models import CalibrationItem, Candidacy, Reminder, Scorecard, Seat
from apps.packets import actions, queries
from apps.packets.core.contents import SubjectAccessCopy
from apps.packets.core.held import Someone, Written
from apps.packets.core.redaction import ANOTHER, LONGEST_PIECE, ONE_OF_PANEL, Redactor
from apps.packets.models import Packet
from apps.packets.render import to_html
from tests.packets.conftest import make_person
from tests.packets.samples import NOW, texts

COPY = Packet.Kind.SUBJECT_ACCESS
MakeCandidacy = Callable[..., Candidacy]
Submit = Callable[..., Scorecard]
VERB = "made a subject-access copy"


def redactor(**changes: Any) -> Redactor:
    values: dict[str, Any] = {
        "candidate": "Noor van Dijk",
        "email": "noor@mail.example",
        "people": [
            Someone("1", "Ben Okafor", is_interviewer=True),
            Someone("2", "Zoë Van der Berg", is_interviewer=True),
            Someone("3", "Cleo Marchetti", is_interviewer=False),
        ],
        "other_candidates": ["Joon Park", "Lena  Fischer", "田中花子"],
        "other_staff": ["Uma Patel"],
        "names_hidden": True,
    }
    return Redactor(**{**values, **changes})


def cleaned(text: str, **changes: Any) -> str:
    return "".join(redactor(**changes).clean(Written(text)).pieces)


# ---------------------------------------------------------------------------------------------- redaction


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Ben Okafor asked.", "Interviewer 1 asked."),
        ("BEN's question; okafor agreed.", "Interviewer 1's question; Interviewer 1 agreed."),
        ("ben\n okafor, then Zoe and ZOË VAN DER BERG", "Interviewer 1, then Interviewer 2 and Interviewer 2"),
        ("Mr Van der Berg and Berg", "Mr Interviewer 2 and Interviewer 2"),
        ("Cleo decided with Uma Patel; Uma stays", f"Colleague 1 decided with {ANOTHER}; Uma stays"),
        ("Benchmarks, unbent, Zoek, okaforish", "Benchmarks, unbent, Zoek, okaforish"),
        ("better than JOON PARK", f"better than {ANOTHER}"),
        ("Lena Fischer did this, Lena did not", f"{ANOTHER} did this, Lena did not"),
        ("田中花子さんより速い", f"{ANOTHER}さんより速い"),
        ("Noor van Dijk, noor@mail.example", "Noor van Dijk, noor@mail.example"),
        ("write to ben.okafor@corp.example.com!", f"write to {ANOTHER}!"),
        ("call +49 30 901820 or (020) 7946 0018 or 555-867-5309", f"call {ANOTHER} or {ANOTHER} or {ANOTHER}"),
    ],
)  # fmt: skip
def test_redaction_takes_out_other_people(text: str, after: str):
    assert cleaned(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-11-23 12:30 and 03.11.2026 at 09:15",
        "p95 went from 0.4821731 to 0.2100000 over 100000000 rows",
        "10 000 000 rows, 192.168.10.10/24, commit 00418821, 1 to 4",
        "2026-11-23T09:30:00+01:00",
    ],
)
def test_redaction_leaves_dates_measures_and_addresses_of_machines(text: str):
    assert cleaned(text) == text


def test_redaction_with_names_shown_still_takes_out_strangers():
    text = "Ben Okafor and Uma Patel compared with Joon Park, ben@corp.example"
    assert cleaned(text, names_hidden=False) == f"Ben Okafor and Uma Patel compared with {ANOTHER}, {ANOTHER}"


def test_redaction_never_takes_the_candidates_own_name():
    people = [Someone("1", "Noor Okafor", is_interviewer=True)]
    text = "Noor said; Noor van Dijk said; Noor Okafor asked"
    assert cleaned(text, people=people, other_candidates=["Noor", "Dijk"]) == (
        "Noor said; Noor van Dijk said; Interviewer 1 asked"
    )


def test_a_longer_name_of_another_candidate_is_not_taken_for_the_candidates():
    assert cleaned("Noor van Dijk Smit", other_candidates=["Noor van Dijk Smit"]) == ANOTHER


def test_a_name_two_interviewers_share_names_neither():
    people = [Someone("1", "Ben Okafor", is_interviewer=True), Someone("2", "Ben Lee", is_interviewer=True)]
    assert cleaned("Ben said, Ben Lee said", people=people) == f"{ONE_OF_PANEL} said, Interviewer 2 said"


def test_names_with_a_hyphen_are_found_by_their_halves_and_in_old_letters():
    people = [Someone("1", "Sara Müller-Lund", is_interviewer=True)]
    text = "Muller, then LUND, then Müller-Lund; Sara or \u017fara"
    one = "Interviewer 1"
    assert cleaned(text, people=people) == f"{one}, then {one}, then {one}; {one} or {one}"


def test_short_names_are_looked_for_as_a_whole_only():
    people = [Someone("1", "Bo Li", is_interviewer=True)]
    assert cleaned("bo and li, but Bo Li", people=people) == "bo and li, but Interviewer 1"


def test_what_was_taken_out_is_counted():
    it = redactor()
    it.clean(Written("Ben, Zoë and Joon Park; a@b.example; +49 30 901820"))
    it.clean(Written("Ben again"))
    assert (it.counts.staff, it.counts.others, it.counts.addresses, it.counts.phones) == (3, 1, 1, 1)
    assert it.counts.names_and_addresses == 2


def test_a_long_text_stays_whole_in_pieces_that_fit():
    text = "evidence " * 3000
    pieces = redactor().clean(Written(text)).pieces
    assert "".join(pieces) == text.strip()
    assert max(map(len, pieces)) <= LONGEST_PIECE
    assert redactor().clean(Written("x" * 9000)).pieces == ("x" * 4000, "x" * 4000, "x" * 1000)


@given(
    st.text(max_size=40),
    st.sampled_from(["Ben Okafor", "ben okafor", "JOON PARK", "Joon\tPark", "Zoe van der berg", "x@y.example"]),
    st.text(max_size=40),
)
def test_redaction_leaves_no_name_behind_whatever_stands_around(before: str, name: str, after: str):
    left = cleaned(f"{before} {name} {after}")
    assert " ".join(name.split()).casefold() not in " ".join(left.split()).casefold().replace("ë", "e")


@given(st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@"), max_size=200))
def test_redaction_without_anybody_to_look_for_changes_nothing_but_the_ends(text: str):
    nobody = {"people": [], "other_candidates": [], "other_staff": []}
    assert cleaned(text, **nobody) == unicodedata.normalize("NFC", text).strip()


# ---------------------------------------------------------------------------------------------- the whole copy


@pytest.fixture
def decided(
    packet_candidacy: MakeCandidacy, packet_submit: Submit, packet_interviewer: User, packet_second: User,
    packet_leader: User,
) -> Candidacy:  # fmt: skip
    """Everything there can be: an amendment, a draft of one, a proxy, votes, a decision, a reminder, an item."""
    candidacy = packet_candidacy()
    packet_candidacy("Joon Park")
    first, second = candidacy.interviews.order_by("pk")
    card = packet_submit(first, packet_interviewer)
    amendment = Scorecard.objects.create(
        interview=first, interviewer=packet_interviewer, amends=card, amendment_reason="Sara reminded me",
        private_notes="AMENDED note, and Joon Park was quicker",
    )  # fmt: skip
    Scorecard.objects.filter(pk=amendment.pk).update(
        state="submitted", recommendation="strong_yes", submitted_at=NOW + dt.timedelta(hours=1)
    )
    draft = Scorecard.objects.create(
        interview=first, interviewer=packet_interviewer, amends=amendment, amendment_reason="DRAFTED because",
        private_notes="DRAFT note",
    )  # fmt: skip
    draft.ratings.create(
        competency=candidacy.pinned_rubrics.order_by("pk")[0].rubric.competency,
        rubric=candidacy.pinned_rubrics.order_by("pk")[0].rubric,
        evidence="DRAFT evidence by Ivo", moment="https://people.example/ivo/12:30",
    )  # fmt: skip
    Scorecard.objects.create(
        interview=second, interviewer=packet_second, entered_by=packet_leader, entered_reason="Sara was ill",
        private_notes="PROXY note; call +49 30 901820",
    )  # fmt: skip
    debrief = Debrief.objects.create(
        candidacy=candidacy, step="closed", opened_by=packet_leader, opened_at=NOW, reading_until=NOW, closed_at=NOW
    )
    for number, person in enumerate([packet_interviewer, packet_second]):
        Vote.objects.create(
            debrief=debrief, voter=person, round="second", choice="yes", reason=f"VOTE {number}", cast_at=NOW
        )
    Decision.objects.create(
        candidacy=candidacy, outcome="offer", reasons="DECIDED because Ivo Interviewer is sure",
        conditions="CONDITIONS",
        dissent="DISSENT", decided_by=packet_leader, decided_at=NOW,
    )  # fmt: skip
    seat = Seat.objects.get(interview=second)
    Reminder.objects.create(seat=seat, kind="late", due_at=NOW, sent_at=NOW)
    CalibrationItem.objects.create(
        version=first.plan_station.version, title="Answer of Noor van Dijk", material="MATERIAL",
        created_by=packet_leader,
        created_at=NOW,
    )  # fmt: skip
    CalibrationItem.objects.create(
        version=first.plan_station.version, title="Answer of somebody else", material="FOREIGN",
        created_by=packet_leader,
        created_at=NOW,
    )  # fmt: skip
    record(by=packet_leader, verb="recorded decision", thing=candidacy)
    record(by=None, verb="reminded interviewer", thing=seat)
    Candidacy.objects.filter(pk=candidacy.pk).update(state="decided", ended_at=NOW)
    candidacy.refresh_from_db()
    return candidacy


def copy_of(candidacy: Candidacy, by: User, *, names_hidden: bool = True) -> SubjectAccessCopy:
    made = actions.packet_contents(
        kind=COPY, candidacy=candidacy, interview=None, reader=None, by=by, now=NOW, names_hidden=names_hidden
    )
    assert isinstance(made, SubjectAccessCopy)
    return made


def said(contents: SubjectAccessCopy) -> str:
    return "\n".join(texts(contents))


def test_copy_holds_the_whole_trail_and_what_was_never_shown(decided: Candidacy, packet_recruiter: User):
    copy = copy_of(decided, packet_recruiter)
    text = said(copy)
    for part in [
        "Noor van Dijk", "candidate0@mail.example", "Europe/Lisbon", "ACCOMMODATION", "PRIVATE note", "AMENDED note",
        "DRAFTED because", "DRAFT note", "DRAFT evidence",
        "PROXY note", "VOTE 0", "VOTE 1", "DECIDED because", "CONDITIONS",
        "DISSENT", "MATERIAL", "recorded decision", "reminded interviewer", "Make an offer", "Strong yes",
    ]:  # fmt: skip
        assert part in text, part
    assert "FOREIGN" not in text
    trail = [(card.is_amendment, card.submitted is not None) for card in copy.scorecards]
    assert trail == [(False, True), (True, True), (True, False), (False, False)]
    assert copy.scorecards[3].entered_by == "Colleague 1"
    assert [reminder.person for reminder in copy.reminders] == ["Interviewer 2"]
    assert copy.candidacy.others == 0
    assert not copy.debrief.votes_withheld


def test_copy_names_nobody_but_the_candidate(decided: Candidacy, packet_recruiter: User):
    copy = copy_of(decided, packet_recruiter)
    page = to_html(copy)
    for name in ["Ivo", "Sara", "Lena", "Leader", "Rita", "Joon", "Park", "901820", "people.example/ivo"]:
        assert name not in page, name
    assert "because Interviewer 1 is sure" in page
    assert "Interviewer 2 reminded me" in page
    assert f"and {ANOTHER} was quicker" in page
    assert copy.redacted.others == 1
    assert copy.redacted.phones == 1


def test_copy_with_names_shown_names_the_interviewers_and_no_other_candidate(
    decided: Candidacy, packet_recruiter: User
):
    page = to_html(copy_of(decided, packet_recruiter, names_hidden=False))
    assert "Ivo Interviewer" in page
    assert "Interviewer 1" not in page
    assert "Joon" not in page


def test_copy_holds_no_guide_no_answer_and_no_anchor(decided: Candidacy, packet_recruiter: User):
    assert "KEY" not in to_html(copy_of(decided, packet_recruiter))


def test_copy_says_how_many_other_candidacies_there_are(decided: Candidacy, packet_recruiter: User):
    Candidacy.objects.create(candidate=decided.candidate, role=decided.role, plan=decided.plan, started_at=NOW)
    copy = copy_of(decided, packet_recruiter)
    assert copy.candidacy.others == 1
    assert "1 other application in this system. Ask for a copy of it too." in to_html(copy)


def test_copy_of_a_candidacy_that_has_just_begun_says_what_is_not_there(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    page = to_html(copy_of(packet_candidacy(with_seats=False), packet_recruiter))
    for sentence in ["Nothing yet.", "None was opened.", "None has been recorded.", "no other application of yours"]:
        assert sentence in page


def test_second_votes_stay_hidden_from_who_may_not_read_them_yet(decided: Candidacy, packet_recruiter: User):
    Debrief.objects.update(step="voting", closed_at=None)
    record(by=decided.decision.decided_by, verb="cast second vote", thing=decided)
    copy = copy_of(decided, packet_recruiter)
    assert copy.debrief.votes == ()
    assert copy.debrief.votes_withheld
    assert "cast second vote" not in said(copy)
    assert "Ask again when the vote is over" in to_html(copy)


def test_copy_lists_the_copies_made_before(decided: Candidacy, packet_recruiter: User):
    assert VERB not in said(copy_of(decided, packet_recruiter))
    assert [line.verb for line in copy_of(decided, packet_recruiter).lines].count(VERB) == 1


def test_copy_takes_the_same_number_of_queries_for_one_interviewer_and_two(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_submit: Submit, packet_interviewer: User,
    packet_second: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any,
):  # fmt: skip
    candidacy = packet_candidacy()
    first, second = candidacy.interviews.order_by("pk")
    packet_submit(first, packet_interviewer)
    queries.held_rows(candidacy=candidacy, user=packet_recruiter)  # what a person is, is read once
    with django_assert_max_num_queries(25) as one:
        queries.held_rows(candidacy=candidacy, user=packet_recruiter)
    packet_submit(second, packet_second)
    with django_assert_num_queries(len(one)):
        queries.held_rows(candidacy=candidacy, user=packet_recruiter)


# ---------------------------------------------------------------------------------------------- who, and how


def test_copy_is_refused_to_who_still_owes_or_does_not_run_hiring(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_interviewer: User, packet_submit: Submit
):
    candidacy = packet_candidacy()
    first = candidacy.interviews.order_by("pk")[0]
    Seat.objects.create(interview=first, interviewer=packet_leader)
    with pytest.raises(actions.PacketRefused, match="owes a scorecard"):
        copy_of(candidacy, packet_leader)
    packet_submit(first, packet_interviewer)
    with pytest.raises(actions.PacketRefused, match="made by those who run hiring"):
        copy_of(candidacy, packet_interviewer)
    Candidacy.objects.update(blindness="leaders_too")
    packet_submit(first, packet_leader)
    with pytest.raises(actions.PacketRefused, match="reads once the whole panel has written"):
        copy_of(candidacy, packet_leader)
    assert not AuditLine.objects.filter(verb=VERB).exists()


def test_making_a_copy_leaves_a_line_of_its_own(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path, settings: Any
):
    candidacy = packet_candidacy()
    job = actions.request_packets(
        candidacies=[candidacy], kinds=[COPY], by=packet_recruiter, now=NOW, names_hidden=True
    )
    assert not AuditLine.objects.filter(verb=VERB).exists()
    actions.run_packets_job(job_id=job.pk, clock=lambda: NOW)
    packet = job.packets.get()
    assert (packet.state, packet.names_hidden) == ("done", True)
    line = AuditLine.objects.get(verb=VERB)
    assert (line.by, line.object_type, line.object_id) == (packet_recruiter, "interviews.Candidacy", str(candidacy.pk))
    assert line.after == {"names_hidden": True}


def test_only_who_made_a_copy_may_take_it(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User, sign_in: Callable[..., Any]
):
    job = actions.request_packets(
        candidacies=[packet_candidacy()], kinds=[COPY], by=packet_recruiter, now=NOW, names_hidden=True
    )
    actions.run_packets_job(job_id=job.pk, clock=lambda: NOW)
    address = reverse("packet-download", args=[job.packets.get().pk])
    taken = sign_in(packet_recruiter).get(address)
    assert b"".join(taken.streaming_content).startswith(b"%PDF")
    for other in [packet_leader, make_person("Adam Administrator", Kind.ADMINISTRATOR)]:
        assert sign_in(other).get(address).status_code == 404


@pytest.mark.parametrize("hides", [True, False])
def test_form_asks_for_a_copy_and_whether_names_are_hidden(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, sign_in: Callable[..., Any], hides: bool
):
    client = sign_in(packet_recruiter)
    address = reverse("packet-request", args=[packet_candidacy().pk])
    page = client.get(address).content.decode()
    assert "Subject-access copy" in page
    assert 'name="hide_names"' in page
    assert client.get(address).context["form"]["hide_names"].value() is True
    client.post(address, {"kinds": [COPY], **({"hide_names": "on"} if hides else {})})
    assert Packet.objects.get().names_hidden is hides


def test_form_offers_no_copy_to_who_owes_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, sign_in: Callable[..., Any]
):
    candidacy = packet_candidacy()
    Seat.objects.create(interview=candidacy.interviews.order_by("pk")[0], interviewer=packet_leader)
    page = sign_in(packet_leader).get(reverse("packet-request", args=[candidacy.pk])).content.decode()
    assert "Candidate brief" in page
    assert "Subject-access copy" not in page
    assert "hide_names" not in page


def test_command_hides_names_unless_told(
    decided: Candidacy,
    packet_recruiter: User,
    packet_interviewer: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    out = tmp_path / "copy.pdf"
    options: dict[str, Any] = {"kind": COPY, "candidacy": decided.pk, "out": out}
    call_command("export_packet", **options, email=packet_recruiter.email)
    call_command("export_packet", **options, email=packet_recruiter.email, show_names=True)
    assert out.read_bytes().startswith(b"%PDF")
    lines = AuditLine.objects.filter(verb=VERB).order_by("pk")
    assert [line.after for line in lines] == [{"names_hidden": True}, {"names_hidden": False}]
    with pytest.raises(CommandError, match="made by those who run hiring"):
        call_command("export_packet", **options, email=packet_interviewer.email)
