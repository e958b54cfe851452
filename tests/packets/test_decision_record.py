"""What stands in a decision record: people's votes and levels, and what they decided."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.debriefs.actions import move_on, record_decision
from apps.interviews.models import Scorecard
from apps.packets.actions import PacketRefused, packet_contents
from apps.packets.core import choose
from apps.packets.core.contents import DecisionRecord
from apps.packets.render import to_pdf
from apps.packets.render.html import to_html
from tests.debriefs.meeting import vote, voting
from tests.packets import samples

Submit = Callable[..., Scorecard]


def record(**changes: Any) -> DecisionRecord:
    return choose.decision_record(samples.source(**changes), reader="Ada", time_zone="UTC")


def test_it_holds_votes_with_reasons_the_decision_and_who_moved() -> None:
    found = record()
    assert [(voice.person, voice.first, voice.second) for voice in found.meeting.source.voices] == [
        ("Rater 1", "No", "No"), ("Rater 2", "Strong yes", "No"), ("Rater 3", "Yes", ""),
    ]  # fmt: skip
    assert [voice.person for voice in found.meeting.moved] == ["Rater 2"]
    page = to_html(found)
    for words in (
        "PANEL reasons", "PANEL conditions", "PANEL dissent", "PANEL the replay log", "Cleo Marchetti", "No offer",
        "1 of 3 moved", "changed sides", "Rater 3", "OPEN agent (version 3)", "OPEN craft (2)", "Made with plan 4",
        "An arrangement is no deviation.",
    ):  # fmt: skip
        assert words in page


def test_it_has_no_field_for_what_a_model_says() -> None:
    names = {field.name for field in dataclasses.fields(DecisionRecord)}
    assert not names & {"reading", "evidence", "stability", "settling"}
    assert record() == record(panel=samples.panel(reading=None))
    assert "Level 2.3" not in to_html(record())


@given(st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=1, max_size=6))
def test_it_shows_every_level_as_given_with_its_bar(levels: list[int | None]) -> None:
    cards = tuple(samples.scorecard("10", str(place), {"craft": level}) for place, level in enumerate(levels))
    craft = record(scorecards=cards).rows[0]
    assert [cell.level for cell in craft.cells] == levels
    assert [cell.no_evidence for cell in craft.cells] == [level is None for level in levels]
    assert craft.summary.need.bar == 3


def test_without_a_decision_there_is_no_record() -> None:
    with pytest.raises(choose.NotDecided):
        record(decision=None)


def test_hostile_reasons_are_only_text() -> None:
    source = samples.with_texts(samples.source(), lambda text: f"{text}<script>alert(1)</script>")
    page = to_html(choose.decision_record(source, reader="Ada", time_zone="UTC"))
    assert "<script" not in page
    assert to_pdf(choose.decision_record(source, reader="Ada", time_zone="UTC")).pages <= 3


def test_decided_without_a_debrief_it_says_so() -> None:
    alone = samples.meeting(opened_at=None, opened_by="", closed_at=None, step="", voices=())
    assert "Decided without a debrief" in to_html(record(panel=samples.panel(meeting=alone)))


# ------------------------------------------------------------------------------------------------ from the rows


@pytest.fixture
def complete(loop: Any, ben: User, fay: User, submit: Submit) -> Any:
    submit(loop.of_ben, ben, level=2, recommendation="yes")
    submit(loop.of_fay, fay, level=4, recommendation="strong_no")
    return loop


def decided(loop: Any, fay: User, cleo: User) -> None:
    debrief = voting(loop.candidacy, cleo)
    vote(debrief, fay, "yes", "The replay log.")
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    record_decision(
        candidacy=loop.candidacy, outcome="offer", reasons="They measure first.", conditions="", dissent="Fay doubted.",
        by=cleo, now=timezone.now(),
    )  # fmt: skip


def contents(loop: Any, by: User) -> Any:
    return packet_contents(
        kind="decision-record", candidacy=loop.candidacy, interview=None, reader=None, by=by, now=timezone.now()
    )


def test_before_the_decision_it_is_refused_with_a_sentence(complete: Any, cleo: User) -> None:
    with pytest.raises(PacketRefused, match="No decision about Noor Haddad is recorded yet"):
        contents(complete, cleo)


def test_after_the_decision_whoever_reads_the_ratings_may_have_it(
    complete: Any, ben: User, fay: User, cleo: User, dana: User
) -> None:
    decided(complete, fay, cleo)
    for reader in (cleo, ben):
        found = contents(complete, reader)
        assert [(voice.second, voice.reason) for voice in found.meeting.moved] == [("Yes", "The replay log.")]
        assert found.decision.dissent == "Fay doubted."
        assert to_pdf(found).pages <= 2
    with pytest.raises(PacketRefused, match="may no longer see"):
        contents(complete, dana)


def test_the_command_writes_it(complete: Any, fay: User, cleo: User, tmp_path: Path) -> None:
    out = tmp_path / "record.pdf"
    asked = {"kind": "decision-record", "candidacy": complete.candidacy.pk, "out": out, "email": cleo.email}
    with pytest.raises(CommandError, match="No decision about"):
        call_command("export_packet", **asked)
    decided(complete, fay, cleo)
    call_command("export_packet", **asked, verbosity=0)
    assert out.read_bytes().startswith(b"%PDF")
