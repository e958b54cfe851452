"""A station of a plan may be asked to assess less than its version measures: everything after the plan follows."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews import actions
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Rating, Scorecard
from apps.library.models import Competency
from apps.loops import queries
from apps.packets import translate
from apps.packets.core.choose import candidate_brief, interviewer_kit
from apps.packets.queries import with_contents
from tests.factories import CandidateFactory, CompetencyFactory

SignIn = Callable[[User], Client]


@pytest.fixture
def narrow(loop: Any) -> Any:
    """The loop, in which Fay's station measures two competencies and is asked for product engineering only."""
    loop.of_fay.plan_station.assessed.set([loop.second])
    return loop


def asked(page: str) -> set[int]:
    return {int(pk) for pk in re.findall(r'name="evidence-(\d+)"', page)}


def card(*competencies: Competency, do: str = "submit") -> dict[str, str]:
    levels = {f"level-{competency.pk}": "3" for competency in competencies}
    return {"revision": "0", "recommendation": "yes", "private_notes": "", "do": do, **levels}


def test_naming_nothing_means_all_that_the_version_measures(loop: Any, fay: User, sign_in: SignIn) -> None:
    page = sign_in(fay).get(loop.of_fay.get_absolute_url()).content.decode()
    assert asked(page) == {loop.first.pk, loop.second.pk}


def test_the_scorecard_asks_only_for_what_the_plan_names(narrow: Any, fay: User, sign_in: SignIn) -> None:
    page = sign_in(fay).get(narrow.of_fay.get_absolute_url()).content.decode()
    assert asked(page) == {narrow.second.pk}
    assert "Anchor 3 of Product engineering" in page
    assert "Anchor 3 of LLM craft" not in page


def test_a_scorecard_of_what_the_plan_names_is_complete(narrow: Any, fay: User, sign_in: SignIn) -> None:
    sign_in(fay).post(narrow.of_fay.get_absolute_url(), card(narrow.second))
    assert Scorecard.objects.get(interview=narrow.of_fay).state == "submitted"
    assert set(Rating.objects.values_list("competency", flat=True)) == {narrow.second.pk}


def test_a_rating_beyond_what_the_plan_names_is_not_taken(narrow: Any, fay: User, sign_in: SignIn) -> None:
    sign_in(fay).post(narrow.of_fay.get_absolute_url(), card(narrow.first, narrow.second, do="save"))
    assert set(Rating.objects.values_list("competency", flat=True)) == {narrow.second.pk}
    entries = {narrow.first.pk: RatingEntry(level=3, no_evidence=False, evidence="")}
    with pytest.raises(ValidationError, match="does not measure"):
        actions.save_scorecard(
            interview=narrow.of_fay, entries=entries, recommendation="", private_notes="", revision=1, by=fay,
            now=timezone.now(),
        )  # fmt: skip


def test_a_scorecard_that_leaves_out_what_the_plan_names_is_not_submitted(
    narrow: Any, fay: User, sign_in: SignIn
) -> None:
    page = sign_in(fay).post(narrow.of_fay.get_absolute_url(), card(narrow.first)).content.decode()
    assert "Product engineering: choose a level" in page
    assert not Scorecard.objects.submitted().exists()


def test_a_name_the_version_does_not_measure_leaves_all(loop: Any) -> None:
    """As after a swap of the station: a scorecard that asks for nothing would say nothing."""
    loop.of_fay.plan_station.assessed.set([CompetencyFactory()])
    station = Interview.objects.get(pk=loop.of_fay.pk).plan_station
    assert {measure.competency for measure in queries.assessed(station)} == {loop.first, loop.second}


def test_a_candidacy_pins_rubrics_for_what_its_plan_assesses(loop: Any, ada: User) -> None:
    """And for what the role requires; what a station measures besides needs none."""
    beside = CompetencyFactory(name="Beside")
    loop.talk.current.measures.create(competency=beside, reliability="0.20")
    narrowed = loop.of_fay.plan_station
    narrowed.assessed.set([loop.second])

    def pinned() -> set[Competency]:
        candidacy = actions.start_candidacy(candidate=CandidateFactory(), role=loop.role, by=ada, now=timezone.now())
        return {pin.rubric.competency for pin in candidacy.pinned_rubrics.all()}

    assert pinned() == {loop.first, loop.second}
    narrowed.assessed.clear()
    assert pinned() == {loop.first, loop.second, beside}


def test_packets_list_only_what_the_plan_names(narrow: Any, fay: User) -> None:
    source = translate.to_source(
        with_contents(Candidacy.objects.filter(pk=narrow.candidacy.pk)).get(), as_of=timezone.now()
    )
    kit = interviewer_kit(source, interview=str(narrow.of_fay.pk), interviewer=str(fay.pk))
    assert [scale.competency for scale in kit.guide.scales] == ["Product engineering"]
    stations = {station.station: station for station in candidate_brief(source).loop.stations}
    assert [one.name for one in stations["Name of talk"].assessed] == ["Product engineering"]
    assert [one.name for one in stations["Name of craft"].assessed] == ["LLM craft"]


def test_reading_what_is_assessed_costs_the_same_for_one_station_and_three(
    loop: Any, django_assert_num_queries: Any
) -> None:
    stations = loop.plan.plan_stations.order_by("position")
    for count in (1, 2):
        with django_assert_num_queries(3):
            rows = list(queries.with_assessed(stations)[:count])
            assert all(measure.competency.name for row in rows for measure in queries.assessed(row))
