"""The calibration as background work: asked for once, made once, always the same, only from what has settled."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import claim_job, requeue_stale_jobs
from apps.common.models import AuditLine, Job
from apps.debriefs import actions, tasks, translate
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.models import Calibration
from apps.interviews.models import CalibrationItem, CalibrationRating, Candidacy, Scorecard, Seat
from tests.debriefs.history import settled_panels
from tests.factories import UserFactory

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=5)


def clock() -> dt.datetime:
    return LATER


def rows_for(candidacy: Candidacy, reader: User) -> list[RatingRow]:
    """What a reading of this candidacy's panel is made from, for one reader."""
    return translate.rows_of(translate.debrief_page(candidacy=candidacy, user=reader))


@pytest.fixture
def made(cleo: User) -> Callable[[], Calibration]:
    """Ask for a calibration and make it."""

    def make() -> Calibration:
        job = actions.request_calibration(by=cleo, now=NOW)
        ended = actions.run_calibration(job_id=job.pk, clock=clock)
        assert ended is not None
        assert ended.state == Job.State.DONE, ended.message
        return Calibration.objects.get(job=job)

    return make


@pytest.fixture
def panels(loop: Any, ben: User, fay: User) -> list[Any]:
    """Twelve candidacies that Ben, Fay and Gus have settled; Noor's, of the loop, is open."""
    gus = UserFactory(name="Gus Interviewer", kinds=["interviewer"])
    return settled_panels(plan=loop.plan, panel=[ben, fay, gus], candidates=12, severity={ben: 1.0})


def test_calibration_is_made_from_settled_panels_and_says_from_how_many(
    made: Callable[[], Calibration], panels: list[Any], ben: User
):
    row = made()
    assert (row.candidacies, row.interviewers, row.method) == (12, 3, "literature")
    assert row.ratings == 12 * 6
    assert row.made_at == LATER
    found = translate.current_calibration()
    assert found.interviewers[str(ben.pk)].severity > 0.3
    assert [line.verb for line in AuditLine.objects.order_by("pk")][-2:] == [
        "requested calibration",
        "made calibration",
    ]


def test_two_calibrations_of_the_same_ratings_are_equal(made: Callable[[], Calibration], panels: list[Any]):
    first, second = made(), made()
    assert first.pk != second.pk
    assert first.data["record"] == second.data["record"]
    assert Calibration.objects.current() == second


def test_calibration_before_any_rating_is_what_was_published(made: Callable[[], Calibration], db: None):
    row = made()
    assert (row.ratings, row.candidacies) == (0, 0)
    assert row.job.message == "No settled panel has a rating yet: the published variances stand."
    assert translate.current_calibration().candidates == 0


def test_calibration_asked_for_twice_is_one(cleo: User, eli: User):
    job = actions.request_calibration(by=cleo, now=NOW)
    assert actions.request_calibration(by=eli, now=LATER) == job
    claim_job(job_id=job.pk, now=LATER)
    assert actions.request_calibration(by=eli, now=LATER) == job
    assert Calibration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_calibration_asked_for_by_two_at_once_is_one(cleo: User):
    together = threading.Barrier(2)
    found: list[int] = []

    def ask() -> None:
        together.wait()
        try:
            found.append(actions.request_calibration(by=cleo, now=NOW).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert Calibration.objects.count() == 1


@pytest.mark.parametrize("who", ["ada", "ben", "dana"])
def test_calibration_is_asked_for_by_leaders_only(who: str, request: Any):
    with pytest.raises(PermissionDenied):
        actions.request_calibration(by=request.getfixturevalue(who), now=NOW)
    assert not Job.objects.exists()


def test_a_second_worker_finds_the_job_taken(cleo: User, panels: list[Any]):
    job = actions.request_calibration(by=cleo, now=NOW)
    assert claim_job(job_id=job.pk, now=LATER) is not None
    assert actions.run_calibration(job_id=job.pk, clock=clock) is None
    assert Calibration.objects.current() is None


def test_a_killed_worker_costs_seconds_and_the_numbers_are_the_same(
    made: Callable[[], Calibration], cleo: User, panels: list[Any]
):
    alone = made()
    job = actions.request_calibration(by=cleo, now=NOW)
    claim_job(job_id=job.pk, now=NOW)  # and is killed
    stale = requeue_stale_jobs(now=LATER, stale_after=dt.timedelta(seconds=20))
    assert stale == [job]
    ended = actions.run_calibration(job_id=job.pk, clock=clock)
    assert ended is not None
    assert (ended.state, ended.attempts) == (Job.State.DONE, 2)
    assert Calibration.objects.get(job=job).data["record"] == alone.data["record"]
    assert actions.run_calibration(job_id=job.pk, clock=clock) is None, "done is done"


def test_a_worker_that_was_taken_for_dead_writes_nothing(cleo: User, panels: list[Any]):
    """It wakes up after another has the job: neither numbers nor an end."""
    job = actions.request_calibration(by=cleo, now=NOW)

    def falls_asleep() -> dt.datetime:
        now = LATER
        if Job.objects.get(pk=job.pk).attempts == 1:
            requeue_stale_jobs(now=LATER + dt.timedelta(hours=1), stale_after=dt.timedelta(seconds=20))
            claim_job(job_id=job.pk, now=LATER)
        return now

    assert actions.run_calibration(job_id=job.pk, clock=falls_asleep) is None
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert Calibration.objects.current() is None


def test_thirty_candidates_have_their_own_variances_with_progress_and_the_same_ones_again(
    made: Callable[[], Calibration], cleo: User, loop: Any, ben: User, fay: User, monkeypatch: pytest.MonkeyPatch
):
    settled_panels(plan=loop.plan, panel=[ben, fay, UserFactory()], candidates=30)
    monkeypatch.setattr("apps.debriefs.actions.calibrations.SECONDS_BETWEEN_REPORTS", 0.0)
    job = actions.request_calibration(by=cleo, now=NOW)
    seen: list[int] = []

    def watching() -> dt.datetime:
        if threading.current_thread() is threading.main_thread():  # the heart beats in another one
            seen.append(Job.objects.get(pk=job.pk).steps_done)
        return LATER

    ended = actions.run_calibration(job_id=job.pk, clock=watching)
    assert ended is not None
    assert seen == sorted(seen)
    assert len(set(seen)) > 20
    assert (max(seen), ended.steps_done) == (99, 100)
    row = Calibration.objects.get(job=job)
    assert row.method == "estimated"
    assert made().data["record"] == row.data["record"]


def test_what_cannot_be_made_fails_in_words_and_leaves_the_numbers_in_force(
    made: Callable[[], Calibration], cleo: User, panels: list[Any], monkeypatch: pytest.MonkeyPatch
):
    before = made()

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ValueError("an impossible matrix")

    monkeypatch.setattr("apps.debriefs.actions.calibrations.calibrate", broken)
    job = actions.request_calibration(by=cleo, now=NOW)
    ended = actions.run_calibration(job_id=job.pk, clock=clock)
    assert ended is not None
    assert ended.state == Job.State.FAILED
    assert ended.message.startswith("The calibration could not be made.")
    assert Calibration.objects.current() == before


def test_the_clock_asks_only_where_something_has_settled(made: Callable[[], Calibration], panels: list[Any]):
    first = actions.request_calibration_if_changed(now=NOW)
    assert first is not None
    assert first.requested_by is None
    assert actions.run_calibration(job_id=first.pk, clock=clock) is not None
    assert actions.request_calibration_if_changed(now=NOW) is None
    Seat.objects.filter(interview__candidacy=panels[0]).update(informed=True)
    assert actions.request_calibration_if_changed(now=NOW) is not None


def test_the_clock_asks_for_nothing_before_the_first_scorecard(db: None):
    assert actions.request_calibration_if_changed(now=NOW) is None
    tasks.calibrate_nightly()
    assert not Job.objects.exists()


def test_the_clock_does_not_notice_a_scorecard_of_an_open_panel(
    made: Callable[[], Calibration], loop: Any, fay: User, panels: list[Any], submit: Callable[..., Scorecard]
):
    """A calibration in the morning would tell whoever still owes that somebody has written."""
    made()
    submit(loop.of_fay, fay)
    assert actions.request_calibration_if_changed(now=NOW) is None
    assert translate.settled_rows() == translate.settled_rows()


def test_ratings_of_an_open_panel_are_not_among_the_settled(
    loop: Any, ben: User, fay: User, submit: Callable[..., Scorecard]
):
    submit(loop.of_fay, fay)
    assert translate.settled_rows() == []
    submit(loop.of_ben, ben, level=None)
    rows = translate.settled_rows()
    assert {(row.interviewer, row.competency, row.level, row.station) for row in rows} == {
        (str(fay.pk), "llm-craft", 3, "talk"),
        (str(fay.pk), "product-engineering", 3, "talk"),
        (str(ben.pk), "llm-craft", None, "craft"),
    }
    assert {row.candidate for row in rows} == {str(loop.candidacy.pk)}


def test_ratings_of_an_ended_candidacy_count_although_somebody_never_wrote(
    loop: Any, fay: User, submit: Callable[..., Scorecard]
):
    submit(loop.of_fay, fay)
    loop.candidacy.state, loop.candidacy.ended_at = "withdrawn", timezone.now()
    loop.candidacy.save()
    assert len(translate.settled_rows()) == 2


def test_ratings_written_after_reading_others_do_not_count(
    loop: Any, ben: User, fay: User, submit: Callable[..., Scorecard]
):
    submit(loop.of_ben, ben)
    submit(loop.of_fay, fay)
    Seat.objects.filter(pk=loop.seat_of_fay.pk).update(informed=True)
    assert {row.interviewer for row in translate.settled_rows()} == {str(ben.pk)}
    assert {row.interviewer for row in rows_for(loop.candidacy, ben)} == {str(ben.pk)}


def test_calibration_items_count_as_candidates_and_connect(
    made: Callable[[], Calibration], loop: Any, ben: User, fay: User, cleo: User
):
    item = CalibrationItem.objects.create(
        version=loop.craft.current, title="t", material="m", state="open", created_by=cleo, created_at=NOW
    )
    for person, level in ((ben, 2), (fay, 3)):
        CalibrationRating.objects.create(
            item=item, interviewer=person, competency=loop.first, rubric=loop.first.rubrics.get(), level=level,
            given_at=NOW,
        )  # fmt: skip
    row = made()
    assert (row.candidacies, row.data["items"]) == (0, 1)
    assert {row.candidate for row in translate.settled_rows()} == {f"item:{item.pk}"}
    assert {found.part for found in translate.current_calibration().interviewers.values()} == {0}


def test_rows_of_a_candidacy_are_those_the_reader_may_read(
    loop: Any, ben: User, fay: User, cleo: User, submit: Callable[..., Scorecard]
):
    submit(loop.of_fay, fay)
    assert rows_for(loop.candidacy, ben) == []
    assert len(rows_for(loop.candidacy, fay)) == 2
    assert rows_for(loop.candidacy, cleo) == rows_for(loop.candidacy, fay)


def test_settled_rows_cost_the_same_queries_however_many_there_are(
    loop: Any, ben: User, fay: User, django_assert_num_queries: Any
):
    settled_panels(plan=loop.plan, panel=[ben, fay], candidates=1)
    with django_assert_num_queries(4):
        translate.settled_rows()
    settled_panels(plan=loop.plan, panel=[ben, fay], candidates=3, begins=NOW - dt.timedelta(days=60))
    with django_assert_num_queries(4):
        translate.settled_rows()
