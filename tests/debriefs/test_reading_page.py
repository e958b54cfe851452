"""What the ratings add up to, on the debrief's page: the core's numbers, with and without severity adjustment."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs import actions, queries, translate
from apps.debriefs.core.ratings.calibration import before_any_rating
from apps.debriefs.core.ratings.reading import Bar, read_panel, surprises
from apps.debriefs.templatetags.reading_tags import chance, percent_1
from apps.debriefs.translate import PanelReading
from apps.interviews.actions import save_scorecard, submit_scorecard
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Seat
from apps.library.models import Competency, Station
from apps.panel.models import Training
from tests.bad_input.pages import words
from tests.debriefs.history import settled_panels
from tests.factories import (
    CandidacyFactory,
    CompetencyFactory,
    PlanFactory,
    RoleFactory,
    StationFactory,
    UserFactory,
    seat,
)

SignIn = Callable[[User], Client]


class House:
    """A role with two must-pass competencies and one other; three stations with an interviewer each."""

    def __init__(self, ben: User, fay: User) -> None:
        self.gus = UserFactory(name="Gus Interviewer", kinds=["interviewer"])
        self.people = [ben, fay, self.gus]
        self.craft = CompetencyFactory(slug="llm-craft", name="LLM craft")
        self.product = CompetencyFactory(slug="product", name="Product sense")
        self.ops = CompetencyFactory(slug="operations", name="Operations")
        self.competencies = [self.craft, self.product, self.ops]
        self.stations = [
            StationFactory(slug=f"all-{place}", measures=dict.fromkeys(self.competencies, "0.45"), measures__minutes=60)
            for place in range(3)
        ]
        self.role = RoleFactory(
            requires={
                self.craft: {"must_pass": True, "min_signals": 2},
                self.product: {"must_pass": True},
                self.ops: {},
            }
        )
        self.plan = PlanFactory(role=self.role, stations=self.stations, candidate_minutes=240)
        self.candidacy = CandidacyFactory(plan=self.plan)
        self.interviews = list(self.candidacy.interviews.order_by("plan_station__position"))
        held = timezone.now() - dt.timedelta(hours=5)
        for interview, person in zip(self.interviews, self.people, strict=True):
            seat(interview, person, starts_at=held)

    def rates(self, place: int, levels: Mapping[Competency, int | None]) -> None:
        interview, person = self.interviews[place], self.people[place]
        card(interview, person, {one: levels.get(one) for one in self.competencies})

    def all_rate(self, *levels: tuple[int | None, int | None, int | None]) -> None:
        for place, given in enumerate(levels):
            self.rates(place, dict(zip(self.competencies, given, strict=True)))

    def address(self) -> str:
        return reverse("debrief", args=[self.candidacy.pk])


def card(interview: Interview, person: User, levels: Mapping[Competency, int | None]) -> None:
    entries = {
        one.pk: RatingEntry(level=level, no_evidence=level is None, evidence="Seen.") for one, level in levels.items()
    }
    values: dict[str, Any] = {
        "interview": interview, "entries": entries, "recommendation": "yes", "private_notes": "", "by": person,
        "now": timezone.now(),
    }  # fmt: skip
    draft = save_scorecard(**values, revision=0)
    submit_scorecard(**values, revision=draft.revision)


@pytest.fixture
def house(ben: User, fay: User) -> House:
    return House(ben, fay)


def reading_of(house: House, user: User) -> PanelReading:
    candidacy = Candidacy.objects.select_related("candidate", "role", "plan").get(pk=house.candidacy.pk)
    page = translate.debrief_page(candidacy=candidacy, user=user)
    found = translate.panel_reading(page=page, user=user, now=timezone.now())
    assert found is not None
    return found


def page_of(house: House, client: Client) -> str:
    return words(client.get(house.address()))


def calibrated(cleo: User, house: House, severity: dict[User, float], candidates: int = 12) -> None:
    settled_panels(plan=house.plan, panel=house.people, candidates=candidates, severity=severity)
    job = actions.request_calibration(by=cleo, now=timezone.now())
    ended = actions.run_calibration(job_id=job.pk, clock=timezone.now)
    assert ended is not None
    assert ended.state == "done", ended.message


# ------------------------------------------------------------------------------------------------ the numbers


def test_numbers_on_the_page_are_the_cores(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((4, 2, 3), (3, 2, 3), (3, 3, None))
    page = page_of(house, sign_in(cleo))
    rows = translate.rows_of(translate.debrief_page(candidacy=house.candidacy, user=cleo))
    bars = [Bar("llm-craft", 3, True), Bar("product", 3, True), Bar("operations", 3, False)]
    expected = read_panel(before_any_rating(), bars, rows)
    assert expected.all_must_pass is not None
    assert f"All must-pass bars together {chance(expected.all_must_pass)}" in page
    for one in expected.competencies:
        assert f"{chance(one.meets)} with adjustment, {chance(one.meets)} without" in page
    found = {line.competency.slug: line for line in reading_of(house, cleo).lines}
    assert {slug: line.adjusted.found for slug, line in found.items()} == {
        one.competency: one for one in expected.competencies
    }
    assert found["llm-craft"].row.summary.independent_signals == 3


def test_nothing_is_decided_by_the_page(house: House, cleo: User):
    house.all_rate((4, 4, 4), (4, 4, 4), (4, 4, 4))
    together = reading_of(house, cleo).together
    assert together is not None
    assert together.says in {"very_likely", "probably"}


def test_must_pass_below_the_bar_is_named_though_the_rest_is_outstanding(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((1, 4, 4), (1, 4, 4), (2, 4, 4))
    page = page_of(house, sign_in(cleo))
    assert "all three gave less, bar 3 mean of levels 1.3, under 3" in page
    assert "very likely not every bar is met" in page
    assert "Weakest: LLM craft" in page
    reading = reading_of(house, cleo)
    assert reading.lines[0].competency == house.craft, "what is least sure comes first"
    assert reading.together is not None
    assert reading.together.adjusted <= reading.lines[0].adjusted.meets


def test_a_competency_nobody_rated_is_a_gap_and_no_verdict(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((None, 4, 4), (None, 4, 4), (None, 4, 4))
    page = page_of(house, sign_in(cleo))
    assert "Nobody rated LLM craft , and it is must-pass" in page
    assert "Before any rating the model gives any candidate" in page
    line = reading_of(house, cleo).lines[0]
    assert (line.competency, line.adjusted.says) == (house.craft, "unseen")
    assert [mark.has_level for mark in line.plot.marks] == [False] * 3


def test_the_model_never_talks_a_mean_below_the_bar_away(house: House, cleo: User, sign_in: SignIn):
    house.candidacy.pinned_requirements.update(bar=2)
    house.all_rate((1, 4, 4), (2, 4, 4), (2, 4, 4))
    line = next(line for line in reading_of(house, cleo).lines if line.competency == house.craft)
    assert (line.mean_is_below, line.adjusted.verdict.is_above, line.is_contested) == (True, True, True)
    page = page_of(house, sign_in(cleo))
    assert "Levels and model disagree about LLM craft" in page
    assert "mean of levels 1.7, under 2" in page
    assert "The mean of the levels, 1.7, is under 2.0. On the model’s scale the bar begins at 1.5, and it reads" in page
    assert f"3 ratings take the {chance(line.before)} it gives any candidate to {chance(line.adjusted.meets)}" in page
    assert "By the plain mean of the levels, without the model: LLM craft would fall below its bar (mean 1.7)" in page
    assert reading_of(house, cleo).changes_by_levels
    part = page[page.index("LLM craft must pass") : page.index("3 signals, 2 asked for")]
    assert "levels and model disagree, bar 2" in part
    assert "meets the bar" not in part


def test_without_scorecards_there_is_nothing_to_read(house: House, cleo: User, sign_in: SignIn):
    page = page_of(house, sign_in(cleo))
    assert "What the ratings add up to" not in page
    assert "No scorecard yet" in page


def test_one_rating_is_read_with_what_it_is_worth(house: House, cleo: User, sign_in: SignIn):
    house.rates(0, {house.craft: 4})
    page = page_of(house, sign_in(cleo))
    assert "Without Ben Interviewer" in page
    assert "LLM craft has no rating left" in page
    reading = reading_of(house, cleo)
    assert not reading.surprises, "nobody else rated it"
    assert {line.competency.name: line.is_seen for line in reading.lines} == {
        "LLM craft": True, "Product sense": False, "Operations": False,
    }  # fmt: skip


def test_nobody_with_evidence_says_so_and_does_not_break(house: House, cleo: User, sign_in: SignIn):
    house.rates(0, {})
    page = page_of(house, sign_in(cleo))
    assert "Nobody gave a level, so there is nothing yet that could come out differently" in page


def test_a_role_without_must_pass_has_no_number_for_all_together(house: House, cleo: User, sign_in: SignIn):
    house.candidacy.pinned_requirements.update(must_pass=False)
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    page = page_of(house, sign_in(cleo))
    assert "This role has no must-pass competency: each bar below stands for itself" in page
    assert reading_of(house, cleo).together is None


def test_a_bar_of_one_is_met_by_everybody(house: House, cleo: User, sign_in: SignIn):
    house.candidacy.pinned_requirements.update(bar=1)
    house.all_rate((1, 1, 1), (1, 1, 1), (1, 1, 1))
    page = page_of(house, sign_in(cleo))
    assert page.count("a bar of 1: everybody meets it") == 3
    assert "inf" not in page.replace("inform", "").replace("info", "")


def test_where_nobody_rated_a_must_pass_no_number_stands_for_all(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((None, 3, 3), (None, 3, 3), (None, 3, 3))
    page = page_of(house, sign_in(cleo))
    together = reading_of(house, cleo).together
    assert together is not None
    assert (together.seen, together.is_toss) == (1, False)
    rows = translate.rows_of(translate.debrief_page(candidacy=house.candidacy, user=cleo))
    expected = read_panel(before_any_rating(), [Bar("product", 3, True)], rows).all_must_pass
    assert expected is not None
    assert together.rest == pytest.approx(expected)
    assert f"All must-pass bars together unknown; the other one: {chance(expected)}" in page
    assert "Weakest" not in page
    assert "level 2." not in page[page.index("LLM craft must pass") : page.index("Product sense must pass")]


def test_few_ratings_of_the_highest_level_say_why_the_reading_is_lower(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((4, 4, None), (4, None, None), (None, None, None))
    line = next(line for line in reading_of(house, cleo).lines if line.competency == house.product)
    assert line.is_pulled
    assert "90 % sure ; pulled towards the average because there is only 1 rating" in page_of(house, sign_in(cleo))


def test_levels_all_below_the_bar_come_before_what_the_model_leaves(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((2, 3, 3), (2, 3, 3), (2, 3, 3))
    page = page_of(house, sign_in(cleo))
    line = next(line for line in reading_of(house, cleo).lines if line.competency == house.craft)
    assert line.tone == "bad"
    assert "all three gave 2, bar 3" in page
    assert f"starts at {chance(line.before)} for any candidate, still leaves {chance(line.adjusted.meets)}." in page


# ------------------------------------------------------------------------------------------------ raw and adjusted


def test_without_a_calibration_the_page_says_whose_variances_and_that_nobody_is_adjusted(
    house: House, cleo: User, sign_in: SignIn
):
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    page = page_of(house, sign_in(cleo))
    assert "Published variances, not yours: 0 of the 30 candidates" in page
    assert "Nobody’s severity is used on this panel" in page
    assert page.count("no settled panel has a rating of theirs yet") == 3


def test_a_harsh_interviewers_rating_counts_for_more_and_both_readings_show(
    house: House, ben: User, cleo: User, sign_in: SignIn
):
    calibrated(cleo, house, {ben: 1.0})
    house.all_rate((2, 3, 3), (3, 3, 3), (2, 3, 3))
    page = page_of(house, sign_in(cleo))
    reading = reading_of(house, cleo)
    line = next(line for line in reading.lines if line.competency == house.craft)
    mark = next(mark for mark in line.plot.marks if mark.name == ben.name)
    assert mark.counts_as is not None
    assert mark.counts_as > 2
    assert mark.adjusted_at is not None
    assert mark.adjusted_at > mark.at
    assert line.adjusted.meets != line.unadjusted.meets
    assert f"{chance(line.adjusted.meets)} with adjustment, {chance(line.unadjusted.meets)} without" in page
    assert re.search(r"Ben Interviewer *: adjusted\. Gives about .* lower", page)
    assert "Published variances, not yours: 12 of the 30 candidates" in page
    assert "Nobody’s severity is used" not in page


def test_a_severity_is_named_at_the_headline_only_where_they_rated_one_of_its_bars(
    house: House, ben: User, cleo: User, sign_in: SignIn
):
    calibrated(cleo, house, {ben: 1.5})
    house.all_rate((None, None, 3), (3, 3, 3), (3, 3, 3))
    named = r"Ben Interviewer gives about .* lower than colleagues \(−\d\.\d\d\) and gave 1 of the 9 ratings behind"
    assert not re.search(named, page_of(house, sign_in(cleo)))
    reading = reading_of(house, cleo)
    assert ben in [one.person for one in reading.apart]
    assert ben not in [one.person for one in reading.touching_apart]
    house.candidacy.pinned_requirements.filter(competency=house.ops).update(must_pass=True)
    touching = {one.person: one.ratings for one in reading_of(house, cleo).touching_apart}
    assert touching[ben] == 1
    assert re.search(named.replace("9", "7"), page_of(house, sign_in(cleo)))


def test_a_colleagues_severity_is_for_them_and_for_leaders(house: House, ben: User, cleo: User):
    calibrated(cleo, house, {ben: 1.0, house.gus: -0.5})
    house.all_rate((3, 3, 3), (3, 3, 3), (2, 2, 2))

    def seen_by(user: User) -> set[str]:
        marks = [mark for line in reading_of(house, user).lines for mark in line.plot.marks]
        told = {mark.name for mark in marks if mark.counts_as is not None}
        return told | {line.person.name for line in reading_of(house, user).people}

    assert seen_by(cleo) == {person.name for person in house.people}
    assert seen_by(ben) == {ben.name}
    assert reading_of(house, ben).others == 2
    ours, theirs = reading_of(house, ben), reading_of(house, cleo)
    assert [line.adjusted.meets for line in ours.lines] == [line.adjusted.meets for line in theirs.lines]


def test_a_severity_is_withheld_and_the_page_says_why(house: House, cleo: User, sign_in: SignIn):
    calibrated(cleo, house, {}, candidates=3)
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    page = page_of(house, sign_in(cleo))
    assert re.search(r"not adjusted; short history, \d candidates rated where 5 are needed", page)


def test_an_interviewer_apart_from_the_others_is_not_compared_with_them(house: House, cleo: User, sign_in: SignIn):
    settled_panels(plan=house.plan, panel=house.people[:2], candidates=8)
    settled_panels(plan=house.plan, panel=house.people[2:], candidates=6, name="Apart", seed=2)
    job = actions.request_calibration(by=cleo, now=timezone.now())
    actions.run_calibration(job_id=job.pk, clock=timezone.now)
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    page = page_of(house, sign_in(cleo))
    assert "Gus Interviewer : not adjusted; has rated no candidate together with the others" in page


def test_a_rating_after_reading_others_is_shown_and_counts_for_nothing(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((3, 3, 3), (3, 3, 3), (1, 1, 1))
    before = reading_of(house, cleo)
    Seat.objects.filter(interview=house.interviews[2]).update(informed=True)
    after = reading_of(house, cleo)
    assert after.lines[0].adjusted.meets > before.lines[0].adjusted.meets
    assert [mark.is_informed for mark in after.lines[0].plot.marks] == [True, False, False]
    assert "had read others’ ratings: not counted" in page_of(house, sign_in(cleo))


# ------------------------------------------------------------------------------------------------ what else it says


def test_a_split_panel_shows_the_rating_that_severity_does_not_explain(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((4, 4, 4), (4, 4, 4), (1, 4, 4))
    page = page_of(house, sign_in(cleo))
    reading = reading_of(house, cleo)
    assert [(line.name, line.competency) for line in reading.surprises] == [("Gus Interviewer", house.craft)]
    assert "more apart than severity explains" in page
    part = page[page.index("Disagreements") : page.index("What the ratings add up to")]
    line = reading.surprises[0]
    assert "LLM craft : Gus Interviewer evidence of Gus Interviewer for LLM craft: 1 , others 4 and 4." in part
    assert f"has a chance of about {percent_1(line.surprise.chance)} ; with 9 ratings one turns up in" in part
    assert line.before is not None
    assert line.after is not None
    assert line.after > line.before
    assert f"Without it LLM craft goes {chance(line.before)} → {chance(line.after)}" in part
    assert page.count("Disagreements") == 1, "one card, not two about the same rating"
    expected = surprises(
        before_any_rating(), translate.rows_of(translate.debrief_page(candidacy=house.candidacy, user=cleo))
    )
    assert [line.surprise for line in reading.surprises] == list(expected)


def test_a_panel_that_agrees_shows_no_disagreement(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    page = page_of(house, sign_in(cleo))
    assert "No rating is further from what the others lead one to expect" in page
    assert "Disagreements" not in page


def test_an_outcome_that_hangs_on_one_interviewer_is_said(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((4, 3, 3), (2, 3, 3), (2, 3, 3))
    reading = reading_of(house, cleo)
    page = page_of(house, sign_in(cleo))
    ways = [line.way for line in reading.stability]
    assert sorted(ways) == ["equal_weights", "median", "unadjusted"] + ["without_interviewer"] * 3
    assert any(line.variation.outcome_changes for line in reading.stability)
    assert "the outcome hangs on them" in page
    for name in ("Without Ben Interviewer", "equal weights", "the median instead of the mean"):
        assert name in page


def test_an_even_chance_is_called_a_coin_toss(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((3, 3, 3), (2, 3, 3), (None, 3, 3))
    reading = reading_of(house, cleo)
    assert reading.together is not None
    tips = [line for line in reading.moving if line.variation.outcome_changes]
    for line in reading.stability:
        before, after = line.variation.all_before, line.variation.all_after
        if before is not None and after is not None and all(one.change.met_after is not None for one in line.changes):
            crosses = (round(100 * before) >= 50) != (round(100 * after) >= 50)
            assert crosses == line.variation.outcome_changes, "one threshold for what is printed and what is said"
    page = page_of(house, sign_in(cleo))
    assert page.count("tips All") == 0
    assert ("A coin toss" in page) == reading.together.is_toss
    assert ("tips" in page) == bool(tips or reading.changes_by_levels)


def test_ways_that_change_nothing_stand_in_one_line(house: House, cleo: User, sign_in: SignIn):
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    page = page_of(house, sign_in(cleo))
    assert "No change without Ben Interviewer, Fay Interviewer and Gus Interviewer; without severity" in page
    assert page.count("No change without") == 1


# ------------------------------------------------------------------------------------------------ what would settle it


@pytest.fixture
def probe(house: House) -> Station:
    return StationFactory(slug="probe", measures={house.craft: "0.60"}, measures__minutes=45)


def split_on_craft(house: House) -> None:
    house.all_rate((3, 3, 3), (2, 3, 3), (None, 3, 3))


def test_too_little_evidence_names_the_station_that_would_settle_it(
    house: House, probe: Station, cleo: User, sign_in: SignIn
):
    split_on_craft(house)
    page = page_of(house, sign_in(cleo))
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert settle.best is not None
    assert (settle.answer.value, settle.best.station) == ("helps", probe)
    most = settle.best.most
    assert most.competency == house.craft
    assert most.then < most.now
    assert f"would cut the risk of being wrong about LLM craft from {chance(most.now)} to {chance(most.then)}" in page
    assert "60 of the candidate’s 240 minutes are left" in page
    assert "Nobody’s training for it is recorded" in page


def test_a_competency_nobody_rated_asks_for_a_station_that_measures_it(
    house: House, probe: Station, cleo: User, sign_in: SignIn
):
    StationFactory(slug="strong", measures={house.product: "0.80"}, measures__minutes=45)
    house.all_rate((None, 3, 3), (None, 2, 3), (None, 3, 3))
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert settle.best is not None
    assert settle.best.station == probe
    assert not settle.best.is_again
    # Those held without evidence on it may be held again, by others; a station that does not measure it is none.
    assert [line.is_again for line in settle.others] == [True, True, True]
    assert "would close the gap: it measures LLM craft, which nobody rated" in page_of(house, sign_in(cleo))


def test_where_no_other_station_measures_the_gap_one_held_without_evidence_is_held_again(
    house: House, cleo: User, sign_in: SignIn
):
    house.all_rate((None, 3, 3), (None, 2, 3), (None, 3, 3))
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert settle.best is not None
    assert settle.best.is_again
    page = page_of(house, sign_in(cleo))
    assert "It was held already and brought no evidence on this: hold it again with other interviewers" in page


def test_where_every_bar_is_sure_no_station_is_named(house: House, probe: Station, cleo: User, sign_in: SignIn):
    extra = [UserFactory(kinds=["interviewer"]) for _ in range(6)]
    for interview, person in zip(house.interviews * 2, extra, strict=True):
        seat(interview, person)
    house.all_rate((4, 4, 4), (4, 4, 4), (4, 4, 4))
    for interview, person in zip(house.interviews * 2, extra, strict=True):
        card(interview, person, dict.fromkeys(house.competencies, 4))
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert (settle.answer.value, settle.best) == ("sure", None)
    assert "Settled enough to decide: every bar in question is met or missed with 90 % or more" in page_of(
        house, sign_in(cleo)
    )


def test_a_station_held_already_is_never_named(house: House, cleo: User, sign_in: SignIn):
    split_on_craft(house)
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert (settle.best, settle.asked) == (None, 0)
    assert "None of the 0 that could still be held measures what is in question" in page_of(house, sign_in(cleo))


def test_a_station_with_people_who_have_not_met_the_candidate_goes_before_one_without(
    house: House, probe: Station, cleo: User, sign_in: SignIn
):
    other = StationFactory(slug="other", measures={house.craft: "0.45"}, measures__minutes=45)
    fresh = UserFactory(name="Hal Interviewer", kinds=["interviewer"])
    since = timezone.localdate() - dt.timedelta(days=90)
    for station, person in ((probe, house.gus), (other, house.gus), (other, fresh)):
        Training.objects.create(station=station, interviewer=person, stage=Training.Stage.TRAINED, since=since)
    split_on_craft(house)
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert settle.best is not None
    assert settle.best.station == other
    assert [line.station for line in settle.others] == [probe]
    page = page_of(house, sign_in(cleo))
    assert "1 trained interviewer who has not met this candidate: Hal Interviewer" in page
    assert "Nobody is trained for it who has not met this candidate" in page


def test_beyond_the_limits_a_station_is_marked_as_such(house: House, probe: Station, cleo: User, sign_in: SignIn):
    house.plan.candidate_minutes = 200
    house.plan.save()
    split_on_craft(house)
    page = page_of(house, sign_in(cleo))
    part = page[page.index("What would settle it") :]
    assert part.startswith("What would settle it Cannot be done inside the plan.")
    assert "But: 25 minutes more than the candidate’s limit." in part
    assert "Ask the candidate for 25 minutes more than was agreed." in part
    assert "Decide without it, and write down that LLM craft is unsure." in part


@pytest.mark.parametrize("how", ["excluded", "kind", "state"])
def test_what_the_plan_rules_out_is_never_named(how: str, house: House, probe: Station, cleo: User):
    if how == "excluded":
        house.plan.excluded.add(probe)
    elif how == "kind":
        house.plan.kinds = {probe.kind: {"most": 3}}
        house.plan.save()
    else:
        Station.objects.filter(pk=probe.pk).update(state=Station.State.PILOT)
    split_on_craft(house)
    settle = reading_of(house, cleo).settling
    assert settle is not None
    assert settle.best is None


def test_an_ended_candidacy_asks_for_no_station(house: House, probe: Station, cleo: User, sign_in: SignIn):
    split_on_craft(house)
    Candidacy.objects.filter(pk=house.candidacy.pk).update(state="withdrawn", ended_at=timezone.now())
    assert reading_of(house, cleo).settling is None
    assert "What would settle it" not in page_of(house, sign_in(cleo))


# ------------------------------------------------------------------------------------------------ as a page


def test_hostile_names_are_escaped(house: House, cleo: User, sign_in: SignIn):
    hostile = "<script>alert(1)</script> & Söhne"
    User.objects.filter(pk=house.gus.pk).update(name=hostile)
    Competency.objects.filter(pk=house.craft.pk).update(name=hostile)
    house.all_rate((4, 4, 4), (4, 4, 4), (1, 4, 4))
    html = sign_in(cleo).get(house.address()).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in html


def test_every_number_that_opens_has_something_to_open(
    house: House, ben: User, cleo: User, probe: Station, sign_in: SignIn
):
    calibrated(cleo, house, {ben: 1.0})
    house.all_rate((4, 3, None), (4, 2, 3), (1, 3, 3))
    html = sign_in(cleo).get(house.address()).content.decode()
    part = html[html.index('id="debrief-reading"') : html.index('id="debrief-ratings"')]
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'popovertarget="([^"]+)"', part))
    assert len(targets) > 10
    assert targets <= set(ids)
    assert "style=" not in part


def test_whoever_owes_a_scorecard_reads_none_of_it(house: House, fay: User, sign_in: SignIn):
    house.rates(0, {house.craft: 4})
    page = words(sign_in(fay).get(house.address()))
    assert "What the ratings add up to" not in page


def test_a_new_scorecard_draws_the_reading_anew_and_a_vote_does_not(house: House, cleo: User, sign_in: SignIn):
    client, live = sign_in(cleo), reverse("debrief-live", args=[house.candidacy.pk])
    house.rates(0, {house.craft: 3})
    seen = re.search(r"seen=([^&]+)&", client.get(house.address()).content.decode())
    assert seen is not None
    house.rates(1, {house.craft: 2})
    assert 'id="debrief-reading" hx-swap-oob="true"' in client.get(live, {"seen": seen[1]}).content.decode()
    mark = queries.live_mark(pk=house.candidacy.pk, user=cleo, now=timezone.now())
    assert mark is not None
    agenda, _, cards = mark.text.split(".")
    assert 'id="debrief-reading"' not in client.get(live, {"seen": f"{agenda}.9-9.{cards}"}).content.decode()


def test_a_reader_sees_a_reading_of_what_they_may_read(house: House, ben: User, sign_in: SignIn):
    house.all_rate((3, 3, 3), (2, 3, 3), (3, 3, 3))
    assert "What the ratings add up to" in page_of(house, sign_in(ben))


def test_a_larger_panel_costs_no_more_queries(house: House, probe: Station, cleo: User):
    def asked() -> int:
        candidacy = Candidacy.objects.select_related("candidate", "role", "plan").get(pk=house.candidacy.pk)
        page = translate.debrief_page(candidacy=candidacy, user=cleo)
        with CaptureQueriesContext(connection) as found:
            translate.panel_reading(page=page, user=cleo, now=timezone.now())
        return len(found)

    house.rates(0, {house.craft: 3})
    one = asked()
    house.rates(1, dict.fromkeys(house.competencies, 2))
    house.rates(2, dict.fromkeys(house.competencies, 3))
    StationFactory(slug="probe-2", measures=dict.fromkeys(house.competencies, "0.40"))
    assert asked() == one
