"""A debrief is read with what the role required when the candidacy began, and hides no rating."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from apps.interviews import actions
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat
from apps.loops.models import Requirement
from tests.factories import CandidateFactory, CompetencyFactory, PlanFactory, StationFactory, seat


def test_raising_the_bar_later_does_not_rewrite_a_running_debrief(loop, ben, cleo, sign_in, submit):
    submit(loop.of_ben, ben, level=3)
    Requirement.objects.filter(role=loop.role).update(bar=4, must_pass=True)
    page = sign_in(cleo).get(f"/candidacies/{loop.candidacy.pk}/debrief/").content.decode()
    assert "Must-pass below the bar" not in page


def test_a_new_candidacy_is_pinned_to_what_the_role_requires_now(loop, ada, cleo):
    Requirement.objects.filter(role=loop.role).update(bar=4)
    candidacy = actions.start_candidacy(candidate=CandidateFactory(), role=loop.role, by=ada, now=timezone.now())
    assert {line.bar for line in candidacy.pinned_requirements.all()} == {4}


def test_ratings_of_a_competency_the_role_does_not_require_are_shown(ben, cleo, ada, sign_in, submit):
    needed, further = CompetencyFactory(), CompetencyFactory(name="Beside the point")
    station = StationFactory(measures={needed: "0.45", further: "0.30"})
    plan = PlanFactory(number=1, stations=[station], role__requires=[needed])
    candidacy = actions.start_candidacy(candidate=CandidateFactory(), role=plan.role, by=ada, now=timezone.now())
    interview = candidacy.interviews.get()
    seat(interview, ben)
    submit(interview, ben, level=1, evidence="SEEN-ALL-THE-SAME")
    page = sign_in(cleo).get(f"/candidacies/{candidacy.pk}/debrief/").content.decode()
    assert "Beside the point" in page
    assert page.count("SEEN-ALL-THE-SAME") == 4  # a click away in the matrix, and in the list to read


def test_a_decision_that_can_no_longer_be_recorded_keeps_what_was_typed(loop, ben, fay, cleo, sign_in, submit):
    submit(loop.of_ben, ben)
    data = {"outcome": "offer", "reasons": "REASONS-TYPED", "conditions": "", "dissent": ""}
    answer = sign_in(cleo).post(f"/candidacies/{loop.candidacy.pk}/debrief/", data)
    page = answer.content.decode()
    assert "A scorecard is still owed" in page
    assert "REASONS-TYPED" in page
    seat(loop.of_ben, cleo)
    answer = sign_in(cleo).post(f"/candidacies/{loop.candidacy.pk}/debrief/", data)
    assert answer.status_code == 403
    assert "REASONS-TYPED" in answer.content.decode()


def entries(interview: Interview) -> dict[int, RatingEntry]:
    measured = interview.plan_station.version.measures.values_list("competency", flat=True)
    return {pk: RatingEntry(level=3, no_evidence=False, evidence="") for pk in measured}


def values(interview: Interview, user) -> dict:
    return {
        "interview": interview,
        "entries": entries(interview),
        "recommendation": "yes",
        "private_notes": "",
        "revision": 0,
        "by": user,
        "now": timezone.now(),
    }


def test_a_page_loaded_before_the_interview_was_cancelled_submits_nothing(loop, ben, ada):
    stale = Interview.objects.get(pk=loop.of_ben.pk)
    actions.cancel_interview(interview=loop.of_ben, by=ada)
    with pytest.raises(PermissionDenied):
        actions.submit_scorecard(**values(stale, ben))
    assert not Scorecard.objects.exists()


def test_a_page_loaded_before_its_reader_was_excused_submits_nothing(loop, ben, ada):
    actions.excuse_interviewer(seat=Seat.objects.get(interview=loop.of_ben), reason="Ill.", by=ada)
    with pytest.raises(PermissionDenied):
        actions.submit_scorecard(**values(loop.of_ben, ben))


def test_a_draft_is_not_saved_after_the_end_and_still_shown_to_its_writer(loop, ben, ada, sign_in):
    draft = values(loop.of_ben, ben)
    draft["entries"] = {pk: RatingEntry(level=2, no_evidence=False, evidence="DRAFT-WORDS") for pk in draft["entries"]}
    actions.save_scorecard(**draft)
    actions.withdraw_candidacy(candidacy=loop.candidacy, by=ada, now=timezone.now())
    with pytest.raises(ValidationError, match="ended"):
        actions.save_scorecard(**{**draft, "revision": 1})
    assert "DRAFT-WORDS" in sign_in(ben).get(loop.of_ben.get_absolute_url()).content.decode()


def test_a_scorecard_with_a_competency_left_out_is_not_submitted(loop, fay):
    incomplete = values(loop.of_fay, fay)
    incomplete["entries"].popitem()
    with pytest.raises(ValidationError, match="Rate every competency"):
        actions.submit_scorecard(**incomplete)


def test_starting_the_same_candidacy_twice_says_so(loop, ada):
    with pytest.raises(ValidationError, match="already"):
        actions.start_candidacy(candidate=loop.candidacy.candidate, role=loop.role, by=ada, now=timezone.now())
    assert Candidacy.objects.count() == 1


def test_interviewers_cannot_confirm_an_address_by_searching(loop, ben, ada, sign_in):
    assert "Noor Haddad" not in sign_in(ben).get("/candidates/?q=noor@mail").content.decode()
    assert "Noor Haddad" in sign_in(ada).get("/candidates/?q=noor@mail").content.decode()


def test_a_closed_role_starts_no_candidacy(loop, ada):
    loop.role.state = "closed"
    loop.role.save()
    with pytest.raises(ValidationError, match="closed"):
        actions.start_candidacy(candidate=CandidateFactory(), role=loop.role, by=ada, now=timezone.now())
