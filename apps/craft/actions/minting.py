"""Verbs of the worker that mints a variant."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from apps.common.actions import JobLost, beating, claim_job, fail_job, finish_job, record, report_progress
from apps.common.models import Job
from apps.craft.actions.files import keep_file
from apps.craft.core.mint import Minted, NoFitVariant, archive, mint
from apps.craft.models import Assignment
from apps.craft.translate import storable

logger = logging.getLogger(__name__)

MINT_SECONDS_AT_MOST = 300
UNFIT = "No variant of the right size was found for this attempt. Assign the kit again: the next attempt gets another."


def run_mint_job(
    *, job_id: int, clock: Callable[[], dt.datetime], mint: Callable[[str, str], Minted] = mint
) -> Job | None:
    """Mint the variant of a job. None where another worker has the job, or takes it over.

    Begins again after a kill: the same seed gives the same files. The demo gives a `mint` of its own, which is quick.
    """
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    assignment = Assignment.objects.filter(job=job, state=Assignment.State.MINTING).order_by("pk").first()
    try:
        if assignment is None:
            finish_job(job=job, message="It was withdrawn meanwhile.", now=clock())
        else:
            _mint(assignment, job=job, clock=clock, mint=mint)
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None
    except (InterfaceError, OperationalError):
        raise  # nothing is wrong with this kit: the sweep starts the job again
    except NoFitVariant:
        logger.exception("No variant for job %s is fit.", job_id)
        return _give_up(job, problem=UNFIT, now=clock())
    except OSError as error:
        logger.exception("The kit of job %s could not be written.", job_id)
        why = f"The file could not be written ({error.strerror or 'no reason given'}). Tell who runs this server."
        return _give_up(job, problem=why, now=clock())
    except Exception:
        logger.exception("The kit of job %s could not be minted.", job_id)
        why = f"The kit could not be prepared. Ask again; if it fails again, report job {job.pk}."
        return _give_up(job, problem=why, now=clock())
    job.refresh_from_db()
    return job


def _mint(
    assignment: Assignment, *, job: Job, clock: Callable[[], dt.datetime], mint: Callable[[str, str], Minted]
) -> None:
    with beating(job=job, clock=clock, every=settings.JOB_STALE_SECONDS / 4, at_most=MINT_SECONDS_AT_MOST):
        minted = mint(assignment.kit, assignment.seed)
        data = archive(minted.files)
    with transaction.atomic():
        report_progress(job=job, steps_done=1, now=clock())  # locks the job's row: the claim is ours until commit
        waiting = Assignment.objects.select_for_update(no_key=True).filter(job=job, state=Assignment.State.MINTING)
        current = waiting.filter(pk=assignment.pk).first()
        if current is not None:
            current.record, current.kit_version = storable(minted.record), minted.version
            current.canary = str(minted.record.get("canary", ""))[:80]
            current.size, current.sha256 = len(data), hashlib.sha256(data).hexdigest()
            current.state, current.minted_at = Assignment.State.READY, clock()
            keep_file(current.file_name, data)
            current.save()
            after = {"version": current.kit_version, "sha256": current.sha256}
            record(by=job.requested_by, verb="minted kit", thing=current, after=after)
        finish_job(job=job, message="", now=clock())


def _give_up(job: Job, *, problem: str, now: dt.datetime) -> Job | None:
    try:
        with transaction.atomic():
            fail_job(job=job, message=problem, now=now)
            waiting = Assignment.objects.filter(job=job, state=Assignment.State.MINTING)
            for assignment in waiting.select_related("interview__candidacy__candidate").order_by("pk"):
                assignment.state, assignment.problem = Assignment.State.FAILED, problem[:300]
                assignment.save(update_fields=["state", "problem"])
                record(by=job.requested_by, verb="gave up minting kit", thing=assignment)
    except JobLost:
        logger.info("Job %s is with another worker now.", job.pk)
        return None
    job.refresh_from_db()
    return job
