"""The row is the truth of background work: taken once, taken back from the dead, given up in the end."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import (
    MAX_ATTEMPTS,
    JobLost,
    claim_job,
    fail_job,
    finish_job,
    report_progress,
    request_job,
    requeue_stale_jobs,
)
from apps.common.models import Job
from tests.factories import UserFactory

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
STALE = dt.timedelta(seconds=20)
LATER = NOW + dt.timedelta(seconds=21)


@pytest.fixture
def job(ada: User) -> Job:
    return request_job(task="apps.none", title="Some work", steps_total=3, by=ada, now=NOW)


def claimed(job: Job, now: dt.datetime = NOW) -> Job:
    found = claim_job(job_id=job.pk, now=now)
    assert found is not None
    return found


def test_a_job_is_claimed_once(job: Job) -> None:
    first = claimed(job)
    assert claim_job(job_id=job.pk, now=NOW) is None
    assert (first.state, first.attempts, first.heartbeat_at) == ("running", 1, NOW)


@pytest.mark.django_db(transaction=True)
def test_two_claimers_at_the_same_moment_get_one_claim() -> None:
    job = request_job(task="apps.none", title="Some work", steps_total=1, by=UserFactory(), now=NOW)
    gate, got = threading.Barrier(4), []

    def claim() -> None:
        try:
            gate.wait(timeout=10)
            got.append(claim_job(job_id=job.pk, now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found is None for found in got].count(False) == 1
    assert Job.objects.get(pk=job.pk).attempts == 1


def test_a_finished_or_failed_job_is_claimed_no_more(job: Job) -> None:
    finish_job(job=claimed(job), message="", now=NOW)
    assert claim_job(job_id=job.pk, now=NOW) is None
    job.refresh_from_db()
    assert (job.state, job.steps_done, job.finished_at, job.is_open) == ("done", 3, NOW, False)


def test_a_job_that_beats_is_left_alone(job: Job) -> None:
    mine = claimed(job)
    report_progress(job=mine, steps_done=2, now=LATER)
    assert requeue_stale_jobs(now=LATER + STALE / 2, stale_after=STALE) == []
    job.refresh_from_db()
    assert (job.state, job.steps_done) == ("running", 2)


def test_a_job_without_a_beat_is_queued_again_and_keeps_what_is_done(job: Job) -> None:
    report_progress(job=claimed(job), steps_done=2, now=NOW)
    assert requeue_stale_jobs(now=LATER, stale_after=STALE) == [job]
    job.refresh_from_db()
    assert (job.state, job.claim, job.steps_done) == ("queued", None, 2)
    assert claimed(job, LATER).attempts == 2


def test_a_job_whose_message_was_lost_is_named_again(job: Job) -> None:
    assert requeue_stale_jobs(now=NOW + STALE / 2, stale_after=STALE) == []
    assert requeue_stale_jobs(now=LATER, stale_after=STALE) == [job]


def test_a_job_that_waits_for_its_turn_is_named_once_in_a_while_not_with_every_sweep(job: Job) -> None:
    assert requeue_stale_jobs(now=LATER, stale_after=STALE) == [job]
    assert requeue_stale_jobs(now=LATER + STALE / 2, stale_after=STALE) == []
    assert requeue_stale_jobs(now=LATER + STALE, stale_after=STALE) == [job]


@pytest.mark.parametrize("again_by", [True, False])
def test_who_lost_a_job_writes_nothing_more(job: Job, again_by: bool) -> None:
    """Taken over by another worker, or only taken back so far."""
    slow = claimed(job)
    requeue_stale_jobs(now=LATER, stale_after=STALE)
    if again_by:
        claimed(job, LATER)
    before = Job.objects.filter(pk=job.pk).values().get()
    for write in (
        lambda: report_progress(job=slow, steps_done=3, now=LATER),
        lambda: finish_job(job=slow, message="done", now=LATER),
        lambda: fail_job(job=slow, message="failed", now=LATER),
    ):
        with pytest.raises(JobLost):
            write()
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_work_that_kills_its_worker_is_given_up(job: Job) -> None:
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claimed(job, now).attempts == attempt
        now += STALE * 2
        requeue_stale_jobs(now=now, stale_after=STALE)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == ("failed", now)
    assert job.message == f"Given up after {MAX_ATTEMPTS} attempts. Ask for it again."
    assert requeue_stale_jobs(now=now + STALE * 2, stale_after=STALE) == []


def test_workers_killed_twenty_times_do_not_end_a_job_that_gets_on(ada: User) -> None:
    job = request_job(task="apps.none", title="Long work", steps_total=30, by=ada, now=NOW)
    now = NOW
    for step in range(20):
        mine = claimed(job, now)
        report_progress(job=mine, steps_done=step + 1, now=now)
        now += STALE * 2
        requeue_stale_jobs(now=now, stale_after=STALE)
    job.refresh_from_db()
    assert (job.state, job.steps_done) == ("queued", 20)
    finish_job(job=claimed(job, now), message="", now=now)


def test_attempts_that_only_repeat_what_was_done_before_count_as_no_progress(job: Job) -> None:
    """Work that begins at the beginning again, and dies at the same step each time."""
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        mine = claimed(job, now)
        for step in (0, 1, 2):
            report_progress(job=mine, steps_done=step, now=now)
        assert Job.objects.get(pk=job.pk).steps_done == 2
        now += STALE * 2
        requeue_stale_jobs(now=now, stale_after=STALE)
    job.refresh_from_db()
    assert (job.state, job.steps_done, job.attempts) == ("failed", 2, MAX_ATTEMPTS)


def test_a_step_done_in_the_last_attempt_before_giving_up_buys_new_ones(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(attempts=MAX_ATTEMPTS - 1)
    mine = claimed(job)
    report_progress(job=mine, steps_done=0, now=NOW)
    assert Job.objects.get(pk=job.pk).attempts == MAX_ATTEMPTS
    report_progress(job=mine, steps_done=1, now=NOW)
    assert Job.objects.get(pk=job.pk).attempts == 1
    assert requeue_stale_jobs(now=LATER, stale_after=STALE) == [job]


def test_the_sweep_sends_the_message_again(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is Celery's, not ours: its door is watched."""
    from celery import current_app

    from apps.common.tasks import requeue_stale_jobs as sweep

    sent: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: sent.append((name, args)))
    Job.objects.filter(pk=job.pk).update(requested_at=timezone.now() - dt.timedelta(hours=1))
    sweep()
    assert sent == [("apps.none", [job.pk])]


def test_a_long_title_or_message_is_cut_not_refused(ada: User) -> None:
    job = request_job(task="t", title="x" * 500, steps_total=0, by=ada, now=NOW)
    finish_job(job=claimed(job), message="y" * 900, now=NOW)
    job.refresh_from_db()
    assert (len(job.title), len(job.message), job.steps_total) == (200, 500, 1)


def test_a_job_is_seen_by_who_asked_for_it(job: Job, ada: User, eli: User) -> None:
    assert list(Job.objects.visible_to(ada)) == [job]
    assert not Job.objects.visible_to(eli).exists()
