"""Moving a candidacy to another plan: read first, then done exactly as read, and nothing that was held is touched."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.debriefs.translate import debrief_page
from apps.interviews import actions, translate
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Rating, Scorecard, Seat
from apps.library.models import Competency, Rubric, Station, StationVersion
from apps.loops.models import LoopPlan
from apps.packets.actions import packet_contents
from tests.bad_input.pages import words
from tests.factories import CompetencyFactory, PlanFactory, StationFactory, UserFactory, seat

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]


def newer(station: Station, *, minutes: int = 45) -> Station:
    """The station says something else from now on."""
    old = station.current
    assert old is not None
    measures = list(old.measures.all())
    version = StationVersion.objects.get(pk=old.pk)
    version.pk, version.number, version.minutes = None, old.number + 1, minutes
    version.save()
    for measure in measures:
        version.measures.create(competency=measure.competency, reliability=measure.reliability)
    station.current = version
    station.save()
    return station


def new_rubric(competency: Competency) -> Rubric:
    competency.rubrics.update(state="superseded")
    return Rubric.objects.create(
        competency=competency, number=2, no_evidence_when="Not seen.", fingerprint="1" * 64, published_at=timezone.now()
    )


class Versions:
    """The `loop` (craft held by Ben, talk by Fay three hours ago), a third station to come, and a second plan.

    Plan 2: craft in a newer version, then design and pairing; talk and the third station are not in it. Design was in
    plan 1 and is not held yet.
    """

    def __init__(self, loop: Any) -> None:
        self.loop, self.candidacy = loop, loop.candidacy
        self.third = CompetencyFactory(name="System design")
        self.design = StationFactory(slug="design", measures={self.third: "0.40"})
        self.quiz = StationFactory(slug="quiz", measures={self.third: "0.20"})
        for position, station in enumerate([self.design, self.quiz], start=3):
            place = loop.plan.plan_stations.create(version=station.current, position=position)
            Interview.objects.create(candidacy=loop.candidacy, plan_station=place)
        loop.candidacy.pinned_rubrics.create(rubric=self.third.rubrics.get())
        self.of_design = self.candidacy.interviews.get(plan_station__version__station=self.design)
        self.of_quiz = self.candidacy.interviews.get(plan_station__version__station=self.quiz)
        self.pairing = StationFactory(slug="pairing", measures={self.third: "0.30"})
        loop.plan.state, loop.plan.archived_at = LoopPlan.State.ARCHIVED, timezone.now()
        loop.plan.save()
        self.plan = PlanFactory(
            role=loop.role, number=2, stations=[newer(self.pairing), newer(loop.craft), newer(self.design, minutes=60)]
        )

    @property
    def address(self) -> str:
        return reverse("candidacy-move", args=[self.candidacy.pk])

    def seen(self, plan: LoopPlan | None = None) -> str:
        candidacy = Candidacy.objects.select_related("role", "plan").get(pk=self.candidacy.pk)
        return translate.move_page(candidacy=candidacy, plan=plan or self.plan, now=timezone.now()).fingerprint

    def move(self, by: User, plan: LoopPlan | None = None) -> Candidacy:
        plan = plan or self.plan
        return actions.move_candidacy(
            candidacy=self.candidacy, plan=plan, seen=self.seen(plan), by=by, now=timezone.now()
        )

    def live(self) -> dict[str, Interview]:
        rows = Interview.objects.filter(candidacy=self.candidacy).exclude(state="cancelled")
        return {row.plan_station.version.station.slug: row for row in rows.select_related("plan_station__version")}


@pytest.fixture
def versions(loop: Any) -> Versions:
    return Versions(loop)


def form_of(response: Any) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    found = dict(re.findall(r'<input type="hidden" name="(plan|seen)" value="([^"]*)"', response.content.decode()))
    assert set(found) == {"plan", "seen"}
    return found


# ------------------------------------------------------------------------------------------ the list


def test_the_list_says_what_becomes_of_every_interview(versions: Versions, ada: User, sign_in: SignIn) -> None:
    page = words(sign_in(ada).get(versions.address))
    sections = [
        "Other contents from now on Name of design version 2 instead of 1, 60 min instead of 45",
        "Added, to be scheduled Name of pairing 45 min",
        "Cancelled: not in plan 2, and not held yet Name of quiz nobody was assigned",
        "Held already: kept as it was held Name of craft",
        "keeps version 1; plan 2 has version 2",
        "Held already, not in plan 2: kept as evidence Name of talk",
        "from plan 1",
    ]
    places = [page.index(section) for section in sections]
    assert places == sorted(places)
    assert "Candidate 195 min, now 180" in page
    assert "Move to plan 2" in page


def test_the_list_says_whose_time_is_free_again(versions: Versions, ada: User, fay: User, sign_in: SignIn) -> None:
    seat(versions.of_quiz, fay, starts_at=timezone.now() + dt.timedelta(days=1))
    assert "Fay Interviewer will be free again" in words(sign_in(ada).get(versions.address))


def test_the_list_says_which_requirements_differ_from_what_is_pinned(
    versions: Versions, ada: User, sign_in: SignIn
) -> None:
    role = versions.loop.role
    role.requirements.filter(competency=versions.loop.first).update(weight=4, bar=4, must_pass=True, min_signals=2)
    role.requirements.filter(competency=versions.loop.second).delete()
    role.requirements.create(competency=versions.third)
    role.weights_reason = "The assistant is the product."
    role.save()
    page = words(sign_in(ada).get(versions.address))
    assert (
        "LLM craft weight 4 instead of 1 bar 4 instead of 3 at least 2 signals instead of 1 must pass from now on"
        in page
    )
    assert "System design required from now on: weight 1, bar 3, 1 signal" in page
    assert "Product engineering no longer required" in page
    assert "The assistant is the product." in page


def test_the_list_says_which_rubrics_change_and_which_stay(versions: Versions, ada: User, sign_in: SignIn) -> None:
    new_rubric(versions.loop.first)
    new_rubric(versions.third)
    page = words(sign_in(ada).get(versions.address))
    assert "System design rubric 2 instead of 1" in page
    assert "Kept, though a newer one is published LLM craft rubric 1, newest 2" in page


def test_the_list_says_what_a_station_assesses_from_now_on(versions: Versions, ada: User, sign_in: SignIn) -> None:
    station = newer(versions.design)
    assert station.current is not None
    station.current.measures.create(competency=versions.loop.first, reliability="0.20")
    narrow = PlanFactory(role=versions.loop.role, number=3, state="archived", stations=[station],
                         published_at=timezone.now(), archived_at=timezone.now())  # fmt: skip
    narrow.plan_stations.get().assessed.set([versions.loop.first])
    page = words(sign_in(ada).get(versions.address, {"plan": narrow.pk}))
    assert "assesses from now on: LLM craft assesses no longer: System design" in page


def test_plans_to_choose_are_the_published_one_then_archived_ones_and_no_draft(
    versions: Versions, ada: User, sign_in: SignIn
) -> None:
    times = {"published_at": timezone.now(), "archived_at": timezone.now()}
    for number, more in [(3, {"state": "draft"}), (4, {"state": "archived", **times})]:
        PlanFactory(role=versions.loop.role, number=number, stations=[versions.design], **more)
    page = sign_in(ada).get(versions.address).content.decode()
    assert re.findall(r"<option[^>]*>(.*?)</option>", page) == ["Plan 2, published", "Plan 4, archived"]


def test_reading_the_list_changes_nothing(versions: Versions, ada: User, sign_in: SignIn) -> None:
    before = list(Interview.objects.order_by("pk").values())
    sign_in(ada).get(versions.address)
    assert list(Interview.objects.order_by("pk").values()) == before
    assert Candidacy.objects.get(pk=versions.candidacy.pk).plan == versions.loop.plan


def test_the_list_costs_the_same_for_more_stations(versions: Versions, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)

    def price() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(versions.address).status_code == 200
        return len(captured)

    def grow(number: int) -> None:
        """One more of everything the list shows."""
        competency = CompetencyFactory()
        versions.loop.role.requirements.create(competency=competency)
        for slug, plans in [("both", [1, 2]), ("old", [1]), ("new", [2])]:
            station = StationFactory(slug=f"{slug}-{number}", measures={competency: "0.30"})
            for plan in [versions.loop.plan, versions.plan][min(plans) - 1 : max(plans)]:
                place = plan.plan_stations.create(version=station.current, position=10 * number + len(slug))
                if plan == versions.loop.plan:
                    seat(Interview.objects.create(candidacy=versions.candidacy, plan_station=place), UserFactory())
            newer(station)

    grow(1)
    client.get("/")
    one = price()
    grow(2)
    grow(3)
    assert price() == one


# ------------------------------------------------------------------------------------------ the move


def test_what_was_confirmed_is_what_happens(versions: Versions, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    held = {slug: list(Interview.objects.filter(pk=row.pk).values()) for slug, row in versions.live().items()}
    response = client.post(versions.address, form_of(client.get(versions.address)), follow=True)
    assert "Moved to plan 2." in words(response)
    versions.candidacy.refresh_from_db()
    assert versions.candidacy.plan == versions.plan
    live = versions.live()
    assert set(live) == {"craft", "talk", "design", "pairing"}
    for slug in ("craft", "talk"):
        assert list(Interview.objects.filter(pk=live[slug].pk).values()) == held[slug]
    assert live["design"].pk == versions.of_design.pk
    assert {live[slug].plan_station.plan_id for slug in ("design", "pairing")} == {versions.plan.pk}
    assert live["design"].plan_station.version.number == 2
    assert live["pairing"].state == "to_schedule"


def test_a_cancelled_station_frees_its_interviewer(versions: Versions, ada: User, fay: User) -> None:
    at = timezone.now() + dt.timedelta(days=1)
    seat(versions.of_quiz, fay, starts_at=at)
    versions.move(ada)
    versions.of_quiz.refresh_from_db()
    assert versions.of_quiz.state == "cancelled"
    assert Seat.objects.get(interview=versions.of_quiz).period is None
    actions.schedule_interview(interview=versions.of_design, starts_at=at, interviewers=[fay], by=ada)
    assert not Seat.objects.owing().filter(interview=versions.of_quiz).exists()


def test_a_station_not_held_yet_keeps_its_time_and_people_and_takes_as_long_as_the_new_version(
    versions: Versions, ada: User, fay: User
) -> None:
    at = timezone.now() + dt.timedelta(days=1)
    seat(versions.of_design, fay, starts_at=at)
    versions.move(ada)
    versions.of_design.refresh_from_db()
    assert (versions.of_design.starts_at, versions.of_design.ends_at) == (at, at + dt.timedelta(minutes=60))
    taken = Seat.objects.get(interview=versions.of_design)
    assert (taken.interviewer, taken.period.upper) == (fay, at + dt.timedelta(minutes=60))


def test_a_scorecard_page_loaded_before_the_move_submits_by_the_plan_as_it_is_now(
    versions: Versions, ada: User, fay: User
) -> None:
    seat(versions.of_design, fay, starts_at=timezone.now() + dt.timedelta(days=1))
    loaded = Interview.objects.select_related("candidacy", "plan_station__version").get(pk=versions.of_design.pk)
    measures = versions.plan.plan_stations.get(version__station=versions.design).version.measures
    measures.create(competency=versions.loop.first, reliability="0.20")
    versions.move(ada)
    entry = RatingEntry(level=3, no_evidence=False, evidence="")
    values = {"recommendation": "yes", "private_notes": "", "revision": 0, "by": fay, "now": timezone.now()}
    with pytest.raises(ValidationError, match="Rate every competency"):
        actions.submit_scorecard(interview=loaded, entries={versions.third.pk: entry}, **values)
    both = {versions.third.pk: entry, versions.loop.first.pk: entry}
    actions.submit_scorecard(interview=loaded, entries=both, **values)
    assert Scorecard.objects.submitted().get().ratings.count() == 2


def test_a_longer_station_into_another_interview_of_its_people_is_refused_whole(
    versions: Versions, ada: User, fay: User, sign_in: SignIn
) -> None:
    at = timezone.now() + dt.timedelta(days=1)
    seat(versions.of_design, fay, starts_at=at)
    elsewhere = Interview.objects.create(
        candidacy=Candidacy.objects.create(
            candidate=versions.candidacy.candidate, role=PlanFactory().role, plan=versions.plan, started_at=at
        ),
        plan_station=versions.plan.plan_stations.first(),
    )
    seat(elsewhere, fay, starts_at=at + dt.timedelta(minutes=50))
    client = sign_in(ada)
    response = client.post(versions.address, form_of(client.get(versions.address)))
    assert response.status_code == 409
    assert "takes longer in the new plan, and Fay Interviewer has another interview then." in words(response)
    assert set(versions.live()) == {"craft", "talk", "design", "quiz"}
    assert Candidacy.objects.get(pk=versions.candidacy.pk).plan == versions.loop.plan


def test_what_was_written_before_its_time_is_kept(versions: Versions, ada: User, fay: User) -> None:
    """A draft of a station that has no time yet: it is somebody's evidence all the same."""
    seat(versions.of_quiz, fay)
    entry = RatingEntry(level=2, no_evidence=False, evidence="Early words.")
    actions.save_scorecard(
        interview=versions.of_quiz, entries={versions.third.pk: entry}, recommendation="", private_notes="", revision=0,
        by=fay, now=timezone.now(),
    )  # fmt: skip
    rubric = new_rubric(versions.third)
    versions.move(ada)
    assert versions.live()["quiz"].pk == versions.of_quiz.pk
    assert Rating.objects.get().evidence == "Early words."
    assert not versions.candidacy.pinned_rubrics.filter(rubric=rubric).exists()


def test_rubrics_follow_where_nothing_was_held_and_requirements_follow_the_role(versions: Versions, ada: User) -> None:
    kept, taken = new_rubric(versions.loop.first), new_rubric(versions.third)
    versions.loop.role.requirements.filter(competency=versions.loop.first).update(bar=4)
    versions.loop.role.requirements.filter(competency=versions.loop.second).delete()
    versions.move(ada)
    pinned = {pin.rubric for pin in versions.candidacy.pinned_rubrics.all()}
    assert taken in pinned
    assert kept not in pinned
    assert len({rubric.competency_id for rubric in pinned}) == len(pinned)
    assert [(need.competency, need.bar) for need in versions.candidacy.pinned_requirements.all()] == [
        (versions.loop.first, 4)
    ]


def test_moving_on_and_back_leaves_what_was_held_and_its_scorecards(
    versions: Versions, ada: User, ben: User, fay: User, submit: Submit
) -> None:
    submit(versions.loop.of_ben, ben)
    submit(versions.loop.of_fay, fay)
    before = list(Interview.objects.filter(scorecards__isnull=False).order_by("pk").values())
    versions.move(ada)
    versions.move(ada, versions.loop.plan)
    assert list(Interview.objects.filter(scorecards__isnull=False).order_by("pk").values()) == before
    assert set(versions.live()) == {"craft", "talk", "design", "quiz"}
    assert {row.plan_station.plan for row in versions.live().values()} == {versions.loop.plan}
    assert Scorecard.objects.submitted().count() == 2


def test_the_trail_says_before_and_after(versions: Versions, ada: User) -> None:
    versions.loop.role.requirements.filter(competency=versions.loop.first).update(bar=4)
    versions.move(ada)
    line = AuditLine.objects.get(verb="moved candidacy")
    assert (line.by, line.object_id) == (ada, str(versions.candidacy.pk))
    assert (line.before["plan"], line.after["plan"]) == (1, 2)
    assert (line.before["requirements"], line.after["requirements"]) == (
        {"llm-craft": [1, 3, False, 1]}, {"llm-craft": [1, 4, False, 1]},
    )  # fmt: skip
    states = {row["interview"]: row["state"] for row in line.after["interviews"]}
    assert states[versions.of_quiz.pk] == "cancelled"
    assert len(line.after["interviews"]) == len(line.before["interviews"]) + 1


# ------------------------------------------------------------------------------------------ refusals


def test_a_list_that_is_no_longer_true_moves_nothing_and_shows_the_new_one(
    versions: Versions, ada: User, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(ada)
    read = form_of(client.get(versions.address))
    actions.schedule_interview(
        interview=versions.of_quiz, starts_at=timezone.now() - dt.timedelta(minutes=1), interviewers=[fay], by=ada
    )
    refused = client.post(versions.address, read)
    assert refused.status_code == 409
    assert "Something changed since you read the list, so nothing was moved." in words(refused)
    assert "kept as evidence Name of talk" in words(refused)
    assert "Name of quiz" in words(refused)
    assert set(versions.live()) == {"craft", "talk", "design", "quiz"}
    again = form_of(refused)
    assert again["seen"] != read["seen"]
    client.post(versions.address, again)
    assert set(versions.live()) == {"craft", "talk", "design", "pairing", "quiz"}


def test_confirming_twice_moves_once_and_says_so(versions: Versions, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    read = form_of(client.get(versions.address))
    client.post(versions.address, read)
    second = client.post(versions.address, read)
    assert second.status_code == 422
    assert "a draft, or the one it goes by, will not do" in words(second)
    assert AuditLine.objects.filter(verb="moved candidacy").count() == 1


@pytest.mark.parametrize("plan", ["", "nonsense", "99999999999999999999", "\0"])
def test_a_plan_that_is_none_is_refused_in_words(plan: str, versions: Versions, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    refused = client.post(versions.address, {"plan": plan, "seen": "x"})
    assert refused.status_code == 422
    for response in (refused, client.get(versions.address, {"plan": plan})):
        assert re.search(r"Choose (another|a) plan|Null characters are not allowed", words(response))


def test_drafts_and_plans_of_other_roles_are_no_target(versions: Versions, ada: User) -> None:
    draft = PlanFactory(role=versions.loop.role, number=7, state="draft", stations=[versions.design])
    for plan in (draft, PlanFactory(stations=[versions.design]), versions.loop.plan):
        with pytest.raises(ValidationError, match="Choose another plan of AI product engineer"):
            actions.move_candidacy(
                candidacy=versions.candidacy, plan=plan, seen=versions.seen(plan), by=ada, now=timezone.now()
            )


def test_an_ended_candidacy_keeps_its_plan(versions: Versions, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    read = form_of(client.get(versions.address))
    actions.withdraw_candidacy(candidacy=versions.candidacy, by=ada, now=timezone.now())
    assert "This candidacy has ended." in words(client.get(versions.address))
    assert client.post(versions.address, read).status_code == 422
    with pytest.raises(ValidationError, match="has ended"):
        versions.move(ada)


def test_who_owes_a_scorecard_neither_reads_the_list_nor_moves(
    versions: Versions, cleo: User, fay: User, sign_in: SignIn
) -> None:
    """The list tells what is written; and a move could take them off the panel, to read on."""
    seen = versions.seen()
    seat(versions.of_quiz, cleo, starts_at=timezone.now() + dt.timedelta(days=1))
    client = sign_in(cleo)
    page = client.get(versions.address)
    assert page.status_code == 403
    assert "Your scorecard comes first" in words(page)
    assert "Name of talk" not in words(page)
    assert client.post(versions.address, {"plan": versions.plan.pk, "seen": seen}).status_code == 403
    with pytest.raises(ValidationError, match="You owe a scorecard"):
        versions.move(cleo)
    assert versions.candidacy.interviews.filter(state="cancelled").count() == 0


def test_an_interviewer_moves_nobody(versions: Versions, ben: User) -> None:
    with pytest.raises(PermissionDenied):
        versions.move(ben)


# ------------------------------------------------------------------------------------------ afterwards


def test_the_candidacy_page_says_when_a_newer_plan_is_published(
    versions: Versions, ada: User, ben: User, sign_in: SignIn
) -> None:
    said = "Plan 2 is published; this candidacy keeps plan 1. See what moving would change."
    address = versions.candidacy.get_absolute_url()
    assert said in words(sign_in(ada).get(address))
    assert said not in words(sign_in(ben).get(address))
    versions.move(ada)
    after = sign_in(ada).get(address)
    assert said not in words(after)
    assert "Move to another plan of this role" in words(after)


def test_without_another_plan_the_page_does_not_offer_a_move(loop: Any, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    assert "another plan" not in words(client.get(loop.candidacy.get_absolute_url()))
    assert "no other plan to move to" in words(client.get(reverse("candidacy-move", args=[loop.candidacy.pk])))


def test_the_candidacy_page_shows_the_new_order_and_where_the_rest_is_from(
    versions: Versions, ada: User, sign_in: SignIn
) -> None:
    versions.move(ada)
    page = words(sign_in(ada).get(versions.candidacy.get_absolute_url()))
    names = ["1 Name of pairing", "2 Name of craft", "3 Name of design", "Not in plan 2 · Name of talk"]
    places = [page.index(name) for name in names]
    assert places == sorted(places)
    assert page.index("from plan 1", places[1]) < places[2]
    assert "not in plan 2: kept as evidence" in page[places[3] :]


def test_who_owes_a_scorecard_does_not_read_what_was_kept_as_evidence(
    versions: Versions, ada: User, cleo: User, fay: User, sign_in: SignIn
) -> None:
    """A station that has not begun is kept only where somebody has written: who owes would learn of it."""
    seat(versions.of_quiz, fay, starts_at=timezone.now() + dt.timedelta(days=1))
    entry = RatingEntry(level=2, no_evidence=False, evidence="Early words.")
    actions.save_scorecard(
        interview=versions.of_quiz, entries={versions.third.pk: entry}, recommendation="", private_notes="", revision=0,
        by=fay, now=timezone.now(),
    )  # fmt: skip
    versions.move(ada)
    seat(versions.live()["pairing"], cleo, starts_at=timezone.now() + dt.timedelta(days=2))
    address = versions.candidacy.get_absolute_url()
    page = words(sign_in(cleo).get(address))
    assert "Name of quiz" in page
    assert "from plan" not in page
    assert "kept as evidence" not in page
    assert "kept as evidence" in words(sign_in(ada).get(address))


def test_the_debrief_and_its_packet_show_what_was_held_in_the_plan_before(
    versions: Versions, ada: User, ben: User, fay: User, submit: Submit
) -> None:
    submit(versions.loop.of_ben, ben, evidence="Of craft.")
    submit(versions.loop.of_fay, fay, evidence="Of talk.")
    versions.move(ada)
    candidacy = Candidacy.objects.select_related("candidate", "role", "plan").get(pk=versions.candidacy.pk)
    page = debrief_page(candidacy=candidacy, user=ada)
    assert [card.interviewer.name for card in page.scorecards] == ["Ben Interviewer", "Fay Interviewer"]
    assert [row.plan_station.version.name for row in page.not_held] == ["Name of pairing", "Name of design"]
    packet: Any = packet_contents(
        kind="debrief", candidacy=candidacy, interview=None, reader=None, by=ada, now=timezone.now()
    )
    assert [column.station for column in packet.panel] == ["Name of craft", "Name of talk"]
    assert packet.plan == 2
    assert [used.name for used in packet.stations] == [
        "Name of pairing", "Name of craft", "Name of design", "Name of talk"
    ]  # fmt: skip


def test_a_scorecard_still_owed_for_a_station_of_the_plan_before_can_be_submitted(
    versions: Versions, ada: User, fay: User, submit: Submit, sign_in: SignIn
) -> None:
    versions.move(ada)
    assert sign_in(fay).get(versions.loop.of_fay.get_absolute_url()).status_code == 200
    submit(versions.loop.of_fay, fay)
    assert Scorecard.objects.submitted().filter(interview=versions.loop.of_fay).exists()
