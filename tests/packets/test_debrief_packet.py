"""What stands in a debrief packet, for whom, and how it is drawn."""

import dataclasses
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.debriefs.actions import debrief_report, panels_of
from apps.interviews.models import Candidacy, Scorecard
from apps.packets.actions import PacketRefused, packet_contents
from apps.packets.core import choose, panel
from apps.packets.core.choose.reading import ROOM, lanes
from apps.packets.core.contents import DebriefPacket
from apps.packets.core.source import RequirementSource
from apps.packets.render import layout, to_pdf
from apps.packets.render.html import to_html
from tests.debriefs.meeting import opened, vote, voting
from tests.packets import samples

Submit = Callable[..., Scorecard]
REASON = "REASON-SECRET: the replay log."


def debrief(**changes: Any) -> DebriefPacket:
    return choose.debrief(samples.source(**changes), reader="Ada", time_zone="UTC")


def said(contents: object) -> str:
    return "\n".join(samples.texts(contents))


def page_texts(contents: object, paper: str = "a4") -> list[str]:
    """The words on each page, from the boxes they are laid out in."""
    page = layout.HTML(string=to_html(contents), url_fetcher=layout.ClosedFetcher())
    document = page.render(font_config=layout._fonts(), stylesheets=[layout._style(paper)])
    return [
        " ".join(box.text for box in page._page_box.descendants() if hasattr(box, "text")) for page in document.pages
    ]


def held_for(candidacy: Candidacy, by: User, kind: str = "debrief") -> Any:
    return packet_contents(
        kind=kind, candidacy=candidacy, interview=None, reader=None, by=by, now=timezone.now()
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ what is chosen


def test_a_plot_names_each_rating_as_the_matrix_does() -> None:
    packet = debrief()
    assert packet.reading is not None
    systems, craft = packet.reading.rows
    assert [(mark.letter, mark.rating.level) for mark in craft.marks] == [("A", 2), ("B", 3), ("C", 2)]
    assert [(mark.letter, mark.rating.level) for mark in systems.marks] == [("C", None)]
    assert [mark.letter for mark in craft.moved] == ["B"]


def test_a_rating_without_its_scorecard_keeps_its_authors_initials() -> None:
    """Somebody may submit between two reads; nothing is dropped for that."""
    packet = debrief(scorecards=samples.source().scorecards[:2])
    assert packet.reading is not None
    assert [mark.letter for mark in packet.reading.rows[1].marks] == ["A", "B", "XX"]


def test_a_reading_nobody_made_is_no_hole_in_the_packet() -> None:
    packet = debrief(panel=samples.panel(reading=None))
    assert packet.reading is None
    assert "What the ratings add up to" not in to_html(packet)


def test_a_debrief_without_its_panel_is_refused() -> None:
    with pytest.raises(ValueError, match="panel"):
        debrief(panel=None)


def test_second_votes_that_are_hidden_are_not_in_the_packet() -> None:
    hidden = samples.meeting(
        voices=(samples.voice("Rater 1", "No", has_voted=True), samples.voice("Rater 2", "Strong yes")),
        tally=(panel.TallySource("No", 1, None), panel.TallySource("Strong yes", 1, None)),
        sees_second=False,
        step="voting",
        is_over=False,
        closed_at=None,
    )
    page = to_html(debrief(panel=samples.panel(meeting=hidden)))
    assert "Second votes show when the voting is over." in page
    assert "1 of 2 cast" in page
    assert "changed sides" not in page


def test_the_agenda_is_printed_until_the_meeting_is_over() -> None:
    to_come = samples.meeting(opened_at=None, opened_by="", closed_at=None, step="", is_over=False, voices=())
    page = to_html(debrief(panel=samples.panel(meeting=to_come)))
    assert "Ready to meet: 3 scorecards in." in page
    assert page.index("Silent reading.") < page.index("Second vote.") < page.index("Discussion.")
    assert "Silent reading." not in to_html(debrief())


def test_adjusted_and_unadjusted_stand_side_by_side_and_arrangements_are_no_deviations() -> None:
    page = to_html(debrief())
    assert "<b>12 %</b>" in page
    assert ">14 %<" in page
    assert "Arranged for this candidate" in page
    assert "An arrangement is no deviation." in page
    deviations = page[page.index("Treated like the others?") : page.index("Arranged for this candidate")]
    assert "Rater 1" in deviations
    assert "70 minutes" not in deviations


def test_how_the_numbers_came_about_is_said() -> None:
    page = to_html(debrief())
    for words in ("How to read this", "4 of the 30 candidates", "short history", "Would it come out differently?",
                  "close the gap", "So high a level has a chance of 3 %"):  # fmt: skip
        assert words in page


levels = st.one_of(st.none(), st.integers(1, 4))


@given(st.lists(levels, min_size=1, max_size=8), st.integers(1, 4))
def test_a_must_pass_rating_below_the_bar_is_never_hidden_behind_a_mean(given_levels: list[Any], bar: int) -> None:
    cards = tuple(samples.scorecard("10", str(place), {"craft": level}) for place, level in enumerate(given_levels))
    packet = debrief(scorecards=cards, requirements=(RequirementSource("craft", 1, bar, True, 1),))
    below = [level for level in given_levels if level is not None and level < bar]
    named = [*packet.must_pass_missed, *packet.must_pass_doubted]
    assert bool(named) == bool(below)
    if named:
        assert "OPEN craft" in to_html(packet)[:4000]


places = st.floats(0, 100, allow_nan=False)


@given(st.lists(st.tuples(places, st.one_of(st.none(), places)), max_size=12))
def test_no_rating_hides_another_in_a_plot(drawn: list[tuple[float, float | None]]) -> None:
    marks = [samples.mark("10", str(n), 2, at=at, adjusted_at=moved) for n, (at, moved) in enumerate(drawn)]
    found = lanes(marks)
    assert len(found) == len(marks)
    assert set(found) == set(range(len(set(found))))
    spans = [
        (min(one.at, at) - ROOM / 2, max(one.at, at) + ROOM / 2)
        for one in marks
        for at in [one.at if one.adjusted_at is None else one.adjusted_at]
    ]
    for one in range(len(marks)):
        for other in range(one):
            if found[one] == found[other]:
                assert spans[one][1] <= spans[other][0] or spans[other][1] <= spans[one][0]


# ------------------------------------------------------------------------------------------------ on paper


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_must_pass_miss_stands_on_the_first_page(paper: str) -> None:
    names = [f"c{number}" for number in range(14)]
    packet = debrief(
        competencies=tuple(samples.competency(name) for name in names),
        requirements=tuple(RequirementSource(name, 1, 3, True, 1) for name in names),
        scorecards=(
            samples.scorecard("10", "1", dict.fromkeys(names, 1)),
            samples.scorecard("11", "3", dict.fromkeys(names[:7], 4)),
        ),
        panel=samples.panel(
            reading=samples.reading(
                lines=tuple(samples.line(f"model {name}", (), mean_is_below=False) for name in names[:4])
            )
        ),
    )
    findings = page_texts(packet, paper)[0].split("Competency by interviewer")[0]
    for name in (*names, *(f"model {name}" for name in names[:4])):
        assert f"OPEN {name} " in findings.replace("\n", " ") + " "


def test_every_picture_has_its_words() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(debrief()).data)) as pdf:
        figures = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"]
        told = [str(figure.Alt) for figure in figures]
    assert len(told) == 3
    assert any(one.startswith("OPEN craft. A 2, B 3, C 2; bar 3. With severity adjustment level 2.3") for one in told)


def test_hostile_names_and_reasons_are_only_text() -> None:
    source = samples.with_texts(samples.source(), lambda text: f"{text}<script>alert(1)</script>")
    page = to_html(choose.debrief(source, reader="<script>", time_zone="UTC"))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_five_interviewers_and_six_competencies_take_four_pages_at_most() -> None:
    names = [f"competency {number}" for number in range(6)]
    words = "They said what they would measure first, and why. " * 4
    cards = []
    for person in range(5):
        card = samples.scorecard("10", str(person), dict.fromkeys(names[person % 3 :: 2], 3))
        ratings = tuple(dataclasses.replace(one, evidence=words) for one in card.ratings)
        cards.append(dataclasses.replace(card, ratings=ratings))
    rated = tuple(samples.mark("10", str(person), 3) for person in range(3))
    packet = debrief(
        competencies=tuple(samples.competency(name) for name in names),
        requirements=tuple(RequirementSource(name, 1, 3, True, 1) for name in names),
        scorecards=tuple(cards),
        panel=samples.panel(reading=samples.reading(lines=tuple(samples.line(name, rated) for name in names))),
    )
    assert to_pdf(packet).pages <= 4


# ------------------------------------------------------------------------------------------------ from the rows


@pytest.fixture
def complete(loop: Any, ben: User, fay: User, submit: Submit) -> Any:
    submit(loop.of_ben, ben, level=2, recommendation="yes")
    submit(loop.of_fay, fay, level=4, recommendation="strong_no")
    return loop


def test_the_plots_are_the_pages_own(complete: Any, cleo: User) -> None:
    packet = held_for(complete.candidacy, cleo)
    candidacy = Candidacy.objects.select_related("candidate", "role", "plan").get(pk=complete.candidacy.pk)
    panel = panels_of([candidacy], user=cleo)[candidacy.pk]
    page = debrief_report(candidacy=candidacy, user=cleo, now=timezone.now(), panel=panel).reading
    assert page is not None
    for row, line in zip(packet.reading.rows, page.lines, strict=True):
        assert row.line.competency == line.competency.name
        assert [mark.rating.at for mark in row.marks] == [mark.at for mark in line.plot.marks]
        assert (row.line.adjusted.drawn.low, row.line.adjusted.drawn.high) == (
            line.plot.adjusted.low,
            line.plot.adjusted.high,
        )
        assert (row.line.adjusted.meets, row.line.unadjusted.meets) == (line.adjusted.meets, line.unadjusted.meets)


@pytest.mark.parametrize("kind", ["debrief", "decision-record"])
def test_whoever_owes_a_scorecard_gets_a_sentence_and_no_packet(
    loop: Any, ben: User, fay: User, submit: Submit, kind: str
) -> None:
    submit(loop.of_fay, fay)
    with pytest.raises(PacketRefused, match="Ben Interviewer owes a scorecard"):
        held_for(loop.candidacy, ben, kind)


def test_second_votes_show_to_whoever_has_voted_and_to_nobody_else(
    complete: Any, ben: User, fay: User, cleo: User
) -> None:
    debrief = voting(complete.candidacy, cleo)
    vote(debrief, fay, "yes", REASON)
    assert REASON in said(held_for(complete.candidacy, fay))
    for reader in (ben, cleo):
        packet = held_for(complete.candidacy, reader)
        assert REASON not in said(packet)
        assert {voice.second for voice in packet.meeting.source.voices} == {""}
        assert [line.second for line in packet.meeting.source.tally] == [None] * 4


def test_severities_show_to_their_owner_and_to_leaders(complete: Any, ben: User, cleo: User) -> None:
    opened(complete.candidacy, cleo)
    leaders, bens = (held_for(complete.candidacy, reader).reading.source for reader in (cleo, ben))
    assert [person.name for person in leaders.people] == ["Ben Interviewer", "Fay Interviewer"]
    assert ([person.name for person in bens.people], bens.others) == (["Ben Interviewer"], 1)


def test_a_debrief_from_rows_is_made(complete: Any, cleo: User) -> None:
    packet = held_for(complete.candidacy, cleo)
    assert to_pdf(packet).pages <= 3
    assert [row.competency for row in packet.rows] == ["LLM craft", "Product engineering"]
