"""Every field of every model, against every kind of packet and every kind of reader.

A new field fails here until somebody has decided which packets it may reach (`table.DECLARED`).
"""

import dataclasses
import datetime as dt
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.db import transaction

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Seat
from apps.packets import actions
from apps.packets.actions import contents as making
from apps.packets.core.contents import CandidateBrief, Contents
from apps.packets.render import to_pdf
from tests.packets.conftest import make_person
from tests.packets.redaction import sample as of
from tests.packets.redaction.reading import found_in, words_on
from tests.packets.redaction.sample import NOW, Marker, Place, Sample, everything
from tests.packets.redaction.table import KINDS, NO_VALUE_OF_ITS_OWN, NOT_PRINTED, declared

pytestmark = pytest.mark.django_db

PLACES = {"K": {Place.HERE}}
EVERYWHERE = {Place.HERE, Place.BESIDE}
METADATA = {"title", "language", "Producer", "part", "rev", "conformance", "format"}


@pytest.fixture
def sample() -> Sample:
    return everything()


def packet(sample: Sample, letter: str, by: User, **options: Any) -> Contents:
    return actions.packet_contents(
        kind=KINDS[letter],
        candidacy=sample.candidacy,
        interview=sample.interview if letter == "K" else None,
        reader=sample.kit_reader if letter == "K" else None,
        by=by,
        now=NOW,
        **options,
    )


def expected(sample: Sample, letter: str, by: User) -> set[Marker]:
    letters = declared()
    found = {
        marker
        for marker in sample.markers
        if marker.place in PLACES.get(letter, EVERYWHERE) and letter in letters.get(marker.label, "")
    }
    if letter in "DR":  # says for whom it was made
        found |= {marker for marker in sample.markers if marker.value == by.name}
    return found


def differences(contents: Contents, sample: Sample, letter: str, by: User) -> list[str]:
    """Sentences for whoever has to decide. Empty where the packet holds what is declared, no less and no more."""
    found, wanted = found_in(contents, sample), expected(sample, letter, by)
    return _sentences(found, wanted, letter)


def _sentences(found: set[Marker], wanted: set[Marker], letter: str) -> list[str]:
    leaks = sorted({(marker.label, marker.place.value) for marker in found - wanted})
    holes = sorted({(marker.label, marker.place.value) for marker in wanted - found})
    return [
        *(
            f"LEAK: {label} ({place}) stands in the {KINDS[letter]}, and nobody declared that."
            for label, place in leaks
        ),
        *(
            f"MISSING: {label} ({place}) is declared for the {KINDS[letter]}, and is not in it."
            for label, place in holes
        ),
    ]


def undeclared(letters: dict[str, str]) -> list[str]:
    """Fields nobody has decided about."""
    decided = {label.partition(", ")[0] for label in letters} | NO_VALUE_OF_ITS_OWN
    return [
        f"{of.label_of(field)}: decide which packets it may reach and say so in tests/packets/redaction/table.py. "
        "If it is none, declare it with '-'."
        for model in of.our_models()
        for field in of.fields_of(model)
        if not of.is_link(field) and of.label_of(field) not in decided
    ]


# ---------------------------------------------------------------------------------------------- the table itself


def test_every_field_of_every_model_is_declared() -> None:
    assert undeclared(declared()) == []


def test_a_new_field_is_noticed() -> None:
    letters = {label: kinds for label, kinds in declared().items() if label != "interviews.Candidate.source"}
    (sentence,) = undeclared(letters)
    assert sentence.startswith("interviews.Candidate.source: decide which packets")


def test_the_table_names_no_field_that_is_gone() -> None:
    there = {of.label_of(field) for model in of.our_models() for field in of.fields_of(model)}
    assert {label.partition(", ")[0] for label in declared()} - there == set()
    assert NO_VALUE_OF_ITS_OWN - there == set()


def test_every_declared_field_has_a_value_in_the_sample(sample: Sample) -> None:
    assert set(declared()) - {marker.label for marker in sample.markers} == set()
    values = [marker.value for marker in sample.markers]
    assert len(values) == len(set(values))


# ---------------------------------------------------------------------------------------------- who reads what


@pytest.mark.parametrize("letter", KINDS)
def test_packet_holds_what_is_declared_for_those_who_run_hiring(letter: str, sample: Sample) -> None:
    for kind in (Kind.RECRUITER, Kind.LEADER, Kind.ADMINISTRATOR):
        by = sample.person("a reader", Place.HERE, kind)
        with transaction.atomic():
            contents = packet(sample, letter, by)
            transaction.set_rollback(True)  # a copy leaves a line, which the next copy would tell
        assert differences(contents, sample, letter, by) == [], kind


@pytest.mark.parametrize("letter", ["K", "D", "R"])
def test_packet_holds_what_is_declared_for_an_interviewer_who_owes_nothing(letter: str, sample: Sample) -> None:
    by = as_interviewer(sample.kit_reader)
    assert differences(packet(sample, letter, by), sample, letter, by) == []


@pytest.mark.parametrize("letter", ["B", "S"])
def test_packets_for_candidates_are_not_made_by_interviewers(letter: str, sample: Sample) -> None:
    with pytest.raises(actions.PacketRefused, match="made by those who run hiring"):
        packet(sample, letter, as_interviewer(sample.kit_reader))


def test_blind_reader_gets_the_kit_and_no_word_of_the_panel(sample: Sample) -> None:
    """The kit's own interviewer, the one of the other interview, and a leader who sits in it: all of them owe."""
    Candidacy.objects.filter(pk=sample.candidacy.pk).update(state="active", ended_at=None)
    beside = Seat.objects.filter(interview__candidacy=sample.candidacy, state="assigned").order_by("pk")[1].interviewer
    leader = sample.person("a leader who owes", Place.AWAY, Kind.LEADER, Kind.INTERVIEWER)
    Seat.objects.create(interview=sample.interview, interviewer=leader)
    own = as_interviewer(sample.kit_reader)
    kit = found_in(packet(sample, "K", own), sample)
    of_the_panel = ("interviews.Scorecard", "interviews.Rating", "debriefs.")
    assert [marker.label for marker in kit if marker.label.startswith(of_the_panel)] == []
    for person in (own, as_interviewer(beside), leader):
        for letter in "DRS":
            with pytest.raises(actions.PacketRefused):
                packet(sample, letter, person)
    with pytest.raises(actions.PacketRefused, match="Only the interviewer and those who run hiring"):
        packet(sample, "K", as_interviewer(beside))


@pytest.mark.parametrize("letter", KINDS)
def test_outsider_and_who_has_left_get_nothing(letter: str, sample: Sample) -> None:
    gone = sample.person("somebody who left", Place.AWAY, Kind.RECRUITER)
    gone.is_active = False
    for person in (make_person("Otto Outsider"), gone):
        with pytest.raises(actions.PacketRefused):
            packet(sample, letter, person)


def test_subject_access_copy_with_names_hidden_holds_no_name_of_staff(sample: Sample) -> None:
    names = {marker for marker in sample.markers if User.objects.filter(name=marker.value).exists()}
    found = found_in(packet(sample, "S", sample.reader, names_hidden=True), sample)
    assert [marker.label for marker in found & names] == []
    wanted = expected(sample, "S", sample.reader) - names
    assert _sentences(found, wanted, "S") == []


@pytest.mark.parametrize("letter", ["B", "S"])
def test_what_candidates_read_is_declared_without_guides_and_answers(letter: str) -> None:
    keys = {
        "library.Level.anchors", "library.Rubric.no_evidence_when", "library.StationVersion.could_mislead",
        "library.StationVersion.green_flags", "library.StationVersion.interviewer_guide",
        "library.StationVersion.purpose", "library.StationVersion.questions", "library.StationVersion.red_flags",
        "library.StationVersion.strong_looks_like", "library.StationVersion.weak_looks_like",
    }  # fmt: skip
    assert [label for label in keys if letter in declared()[label]] == []


def as_interviewer(person: User) -> User:
    """The person with the kind, read anew: what somebody is, is kept with the row."""
    of.give_kinds(person, Kind.INTERVIEWER)
    return User.objects.get(pk=person.pk)


# ---------------------------------------------------------------------------------------------- planted leaks


def test_a_planted_guide_in_the_brief_is_caught(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    brief = making.choose.candidate_brief

    def with_guide(source: Any) -> CandidateBrief:
        return dataclasses.replace(brief(source), role=f"{source.role}: {source.interviews[0].station.guide[0].do}")

    monkeypatch.setattr(making.choose, "candidate_brief", with_guide)
    (leak,) = differences(packet(sample, "B", sample.reader), sample, "B", sample.reader)
    assert leak.startswith("LEAK: library.StationVersion.interviewer_guide (here) stands in the candidate-brief")


def test_a_planted_private_note_in_the_debrief_is_caught(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    note = next(
        marker for marker in sample.markers if marker.label.startswith("interviews.Scorecard.private_notes, draft")
    )
    debrief = making.choose.debrief
    monkeypatch.setattr(
        making.choose, "debrief", lambda *a, **k: dataclasses.replace(debrief(*a, **k), role=f"x {note.value} y")
    )
    said = differences(packet(sample, "D", sample.reader), sample, "D", sample.reader)
    assert [line for line in said if line.startswith(f"LEAK: {note.label} (")]


def test_a_planted_moment_number_and_other_candidate_are_caught(sample: Sample) -> None:
    wanted = {
        kind: next(m for m in sample.markers if m.place is Place.AWAY and type(m.value) is kind)
        for kind in (str, int, dt.datetime)
    }
    assert found_in(tuple(marker.value for marker in wanted.values()), sample) == set(wanted.values())


# ---------------------------------------------------------------------------------------------- the files


@pytest.mark.parametrize("letter", KINDS)
def test_file_says_what_is_declared_and_its_metadata_hold_title_language_and_producer(
    letter: str, sample: Sample, tmp_path: Path
) -> None:
    file = tmp_path / "packet.pdf"
    file.write_bytes(to_pdf(packet(sample, letter, sample.reader)).data)
    with pikepdf.open(file) as pdf:
        assert set(pdf.docinfo.keys()) <= {"/Title", "/Producer", "/Lang"}
        title = str(pdf.docinfo["/Title"])
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            assert {str(name).rpartition("}")[2].rpartition(":")[2] for name in metadata} <= METADATA
            written = str(metadata)
    said = {marker.label for marker in words_on(f"{title}\n{written}", sample)}
    assert said <= {"interviews.Candidate.name", "loops.Role.title", "library.StationVersion.name"}
    assert tempfile.gettempdir() not in written
    assert not re.search(r"\d{4}-\d\d-\d\d", written)
    if shutil.which("pdftotext"):  # of poppler, which is not everywhere
        text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True, text=True).stdout
        wanted = {marker for marker in expected(sample, letter, sample.reader) if marker.label not in NOT_PRINTED}
        words = {marker for marker in wanted if isinstance(marker.value, str)}
        assert _sentences(words_on(text, sample), words, letter) == []
