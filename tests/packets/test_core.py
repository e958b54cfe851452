"""What reaches which reader, without a PDF and without a database."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.debriefs.core.aggregate import Standing
from apps.packets.core import choose
from apps.packets.core.contents import CandidateBrief, InterviewerKit, LoopBrief, Sitting, StationBrief
from apps.packets.core.times import moment, slot
from apps.packets.core.words import Block, blocks
from tests.packets import samples


def said(contents: object) -> str:
    return "\n".join(samples.texts(contents))


# ---------------------------------------------------------------------------------------------- candidate brief


def test_brief_holds_no_answer_key_and_nothing_the_panel_wrote():
    brief = said(choose.candidate_brief(samples.source()))
    assert "KEY" not in brief
    assert "PANEL" not in brief
    assert "Strong yes" not in brief


def test_brief_tells_everything_that_is_for_the_candidate():
    source = samples.source()
    brief = said(choose.candidate_brief(source))
    for held in source.interviews:
        station = held.station
        for text in (station.name, station.format, station.ai_policy, station.ai_policy_reason):
            assert text in brief
        for key in station.competencies:
            assert source.competency(key).definition in brief
    assert "Another paragraph." in brief


def test_brief_has_no_field_an_answer_could_hide_in():
    """Default deny: whoever adds a field here has to say so in this list too."""
    assert {field.name for field in dataclasses.fields(CandidateBrief)} == {
        "candidate", "role", "minutes", "sittings", "arrangement", "loop", "as_of",
    }  # fmt: skip
    assert {field.name for field in dataclasses.fields(Sitting)} == {"station", "minutes", "slot", "interviewers"}
    assert {field.name for field in dataclasses.fields(LoopBrief)} == {"role", "stations"}
    assert {field.name for field in dataclasses.fields(StationBrief)} == {
        "station", "minutes", "format", "brief", "ai_policy", "ai_policy_reason", "assessed",
    }  # fmt: skip


def test_guide_that_is_laid_out_once_names_nobody_and_no_time():
    source = samples.source()
    kit = choose.interviewer_kit(source, interview="10", interviewer="1")
    people = {source.candidate, source.role, *(seat.name for held in source.interviews for seat in held.seats)}
    assert not [text for text in samples.texts(kit.guide) for name in people if name in text]
    other = choose.interviewer_kit(source, interview="10", interviewer="2")
    assert other.guide == kit.guide
    assert other.reader != kit.reader


def test_brief_is_the_same_whatever_the_panel_thinks():
    source = samples.source()
    assert choose.candidate_brief(source) == choose.candidate_brief(samples.source(scorecards=(), decision=None))


def test_brief_shows_times_on_the_candidates_clock_and_leaves_out_excused_interviewers():
    first, second = choose.candidate_brief(samples.source()).sittings
    assert first.slot is not None
    assert (first.slot.begins.local.hour, first.slot.begins.zone) == (8, "Europe/Lisbon")
    assert second.slot is None
    assert second.interviewers == ("Jun Watanabe",)


def test_brief_lists_scheduled_interviews_by_time_and_the_others_after_them():
    source = samples.source()
    one, two = source.interviews
    late = dataclasses.replace(one, starts_at=samples.HELD, ends_at=samples.HELD + dt.timedelta(hours=1))
    early_at = samples.HELD - dt.timedelta(days=1)
    early = dataclasses.replace(two, starts_at=early_at, ends_at=early_at + dt.timedelta(hours=1))
    third = dataclasses.replace(one, key="12", position=0, starts_at=None, ends_at=None)
    brief = choose.candidate_brief(dataclasses.replace(source, interviews=(third, late, early)))
    assert [sitting.slot.begins.local.day if sitting.slot else None for sitting in brief.sittings] == [23, 24, None]


# ---------------------------------------------------------------------------------------------- interviewer kit


def test_kit_holds_the_whole_station_and_the_pinned_rubrics():
    source = samples.source()
    kit = choose.interviewer_kit(source, interview="10", interviewer="1")
    text = said(kit)
    station = source.interviews[0].station
    expected = [
        *(step.do for step in station.guide),
        *(part for question in station.questions for part in samples.texts(question)),
        *station.weak, *station.strong, *station.red_flags, *station.green_flags, station.could_mislead,
        "KEY anchor craft 4b", "KEY no evidence words", station.ai_policy_reason,
    ]  # fmt: skip
    assert [part for part in expected if part not in text] == []
    assert [scale.rubric for scale in kit.guide.scales] == [2, 2]


def test_kit_never_holds_what_others_rated_nor_another_station():
    text = said(choose.interviewer_kit(samples.source(), interview="10", interviewer="1"))
    assert "PANEL" not in text
    assert "queue" not in text
    assert "Strong yes" not in text


def test_kit_is_the_same_before_and_after_others_submit():
    before = samples.source(scorecards=(), decision=None)
    kit = choose.interviewer_kit(before, interview="10", interviewer="1")
    assert kit == choose.interviewer_kit(samples.source(), interview="10", interviewer="1")


def test_kit_has_no_field_for_a_rating():
    names = {field.name for field in dataclasses.fields(InterviewerKit)}
    assert not names & {"scorecards", "ratings", "recommendation", "decision", "panel", "evidence"}


@pytest.mark.parametrize(
    ("interview", "interviewer"), [("10", "3"), ("11", "4"), ("99", "1")], ids=["no seat", "excused", "no interview"]
)
def test_kit_is_refused_to_who_does_not_sit_there(interview: str, interviewer: str):
    with pytest.raises(choose.NotForThisReader):
        choose.interviewer_kit(samples.source(), interview=interview, interviewer=interviewer)


def test_kit_puts_the_guide_on_the_interviewers_clock():
    kit = choose.interviewer_kit(samples.source(), interview="10", interviewer="1")
    assert [(step.at, step.until) for step in kit.guide.steps] == [(0, 25), (25, 60)]
    assert [(line.begins.strftime("%H:%M"), line.ends.strftime("%H:%M")) for line in kit.clock] == [
        ("03:00", "03:25"),
        ("03:25", "04:00"),
    ]
    assert kit.others == ("Mirela Popescu",)


def test_kit_without_an_appointment_has_minutes_only():
    kit = choose.interviewer_kit(samples.source(), interview="11", interviewer="3")
    assert kit.slot is None
    assert kit.clock == ()


# ---------------------------------------------------------------------------------------------- debrief packet


def test_debrief_puts_every_scorecard_in_a_column_and_no_evidence_as_a_gap():
    packet = choose.debrief(samples.source(), reader="Ada", time_zone="UTC")
    assert [(column.letter, column.interviewer) for column in packet.panel] == [
        ("A", "Rater 1"), ("B", "Rater 2"), ("C", "Rater 3"),
    ]  # fmt: skip
    craft, systems = packet.rows
    assert [cell.level for cell in craft.cells] == [2, 3, 2]
    assert [(cell.level, cell.no_evidence) for cell in systems.cells] == [(None, False), (None, False), (None, True)]
    assert systems.summary.standing is Standing.GAP


def test_debrief_names_must_pass_below_the_bar_and_must_pass_nobody_could_rate():
    packet = choose.debrief(samples.source(), reader="Ada", time_zone="UTC")
    assert [row.competency for row in packet.must_pass_missed] == ["OPEN craft"]
    assert [row.competency for row in packet.must_pass_open] == ["OPEN systems"]
    assert packet.rows[0].summary.mean == pytest.approx(7 / 3)


def test_debrief_shows_what_the_role_does_not_require_without_summing_it_up():
    packet = choose.debrief(samples.source(), reader="Ada", time_zone="UTC")
    assert [(row.competency, [cell.level for cell in row.cells]) for row in packet.others] == [
        ("OPEN words", [4, 3, None])
    ]


def test_debrief_prints_weights_and_their_reason_only_where_they_differ():
    packet = choose.debrief(samples.source(), reader="Ada", time_zone="UTC")
    assert packet.weights_differ
    assert "PANEL because craft carries the job" in said(packet.weights_reason)
    equal = tuple(dataclasses.replace(line, weight=1) for line in samples.source().requirements)
    assert not choose.debrief(samples.source(requirements=equal), reader="Ada", time_zone="UTC").weights_differ


def test_debrief_lists_who_has_not_submitted_and_who_is_excused():
    source = samples.source(scorecards=samples.source().scorecards[:2])
    missing = choose.debrief(source, reader="Ada", time_zone="UTC").missing
    assert [(seat.interviewer, seat.excused) for seat in missing] == [("Jun Watanabe", False), ("Sofia Reyes", True)]


def test_debrief_counts_every_recommendation_and_holds_all_evidence_versions_and_the_decision():
    packet = choose.debrief(samples.source(), reader="Ada", time_zone="UTC")
    assert [len(tally.letters) for tally in packet.tallies] == [0, 1, 1, 1]
    words = [line.words for competency in packet.evidence for line in competency.lines]
    assert sorted(words) == sorted(rating.evidence for card in samples.source().scorecards for rating in card.ratings)
    assert packet.decision is not None
    assert packet.decision.dissent == "PANEL dissent"
    assert {used.number for used in packet.rubrics} == {2}
    assert {used.number for used in packet.stations} == {3}


def test_debrief_without_a_scorecard_is_a_page_of_gaps():
    packet = choose.debrief(samples.source(scorecards=(), decision=None), reader="Ada", time_zone="UTC")
    assert packet.panel == ()
    assert packet.evidence == ()
    assert len(packet.gaps) == 2


@given(st.lists(st.sampled_from([1, 2, 3, 4, None]), max_size=30))
def test_debrief_shows_every_level_under_its_own_letter(levels: list[int | None]):
    cards = tuple(samples.scorecard("10", str(index), {"craft": level}) for index, level in enumerate(levels))
    packet = choose.debrief(samples.source(scorecards=cards), reader="Ada", time_zone="UTC")
    craft = packet.rows[0]
    assert sorted(map(str, (cell.level for cell in craft.cells))) == sorted(map(str, levels))
    assert len({column.letter for column in packet.panel}) == len(levels)


# ---------------------------------------------------------------------------------------------- times and words


def test_moment_names_zone_and_offset():
    summer = moment(dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC), "Asia/Kolkata")
    assert (summer.local.isoformat(), summer.zone, summer.offset) == (
        "2026-07-01T17:30:00",
        "Asia/Kolkata",
        "UTC+05:30",
    )
    assert moment(samples.NOW, "UTC").offset == ""


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "a" * 300, "\x00"])
def test_moment_falls_back_to_utc_for_a_zone_that_is_none(name: str):
    assert moment(samples.NOW, name).zone == "UTC"


def test_moment_refuses_an_instant_without_a_zone():
    with pytest.raises(ValueError, match="zone"):
        moment(samples.NOW.replace(tzinfo=None), "UTC")


def test_slot_says_when_it_ends_another_day():
    begins = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
    late = slot(begins, begins + dt.timedelta(hours=2), "UTC")
    assert late is not None
    assert late.ends_another_day
    assert slot(None, None, "UTC") is None


def test_blocks_unwrap_lines_and_keep_lists():
    text = "One\ntwo.\n\n- first\n  goes on\n- second\n\nLast."
    assert blocks(text) == (Block(text="One two."), Block(items=("first goes on", "second")), Block(text="Last."))


@given(st.text())
def test_blocks_lose_no_word(text: str):
    kept = " ".join(" ".join((block.text, *block.items)) for block in blocks(text))
    marks = {"-", "*", "\u2022"}
    assert [w for w in kept.split() if w not in marks] == [w for w in text.split() if w not in marks]
