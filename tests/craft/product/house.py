"""Rows around one interview's kit, and what people do with them."""

import datetime as dt
import hashlib
import io
import re
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import request_job
from apps.craft import actions
from apps.craft.actions.files import keep_file
from apps.craft.models import Assignment, Grading, Submission
from apps.interviews.models import Interview

KIT = "retrieval-qa"
RECORD = {"kit": KIT, "canary": "craft-canary-0123456789ab-0123456789ab", "answer": "RECORD-SECRET"}
FOLDER = b"PK\x03\x04 the candidate's folder"

REPORT: dict[str, Any] = {
    "kit": KIT, "version": "1.0.0", "verdict": "graded", "reason": "", "errors": "", "level": "bubblewrap",
    "gain": {"value": 0.71, "low": 0.58, "high": 0.83, "capped": False},
    "metric": {
        "name": "exact answers", "start": 0.42, "reference": 0.9, "hidden": 0.76, "low": 0.7, "high": 0.82, "items": 250
    },
    "slices": [{"name": "own words", "start": 0.31, "value": 0.66, "n": 84}],
    "guards": [
        {"name": "usd_per_1k", "most": True, "limit": 0.25, "value": 0.12, "start": 0.14, "held": True},
        {"name": "calls_per_item", "most": True, "limit": 3, "value": 4, "start": 1, "held": False},
    ],
    "shifted": {"start": 0.3, "value": 0.6, "reference": 0.9},
    "overfit": {"dev": 0.45, "hidden": 0.31, "difference": 0.14},
    "editable": [
        {
            "path": "app/search.py",
            "diff": "--- given/app/search.py\n+++ theirs/app/search.py\n@@ -11,3 +11,3 @@\n chunks = split(text)\n"
            "-k = 3\n+k = 8  # <script>alert(1)</script>\n return chunks\n@@ -40,1 +40,2 @@\n pass\n+rerank(chunks)\n",
        }
    ],
    "frozen": [{"path": "harness/eval.py", "diff": "@@ -1,1 +1,1 @@\n-score = right / asked\n+score = 1\n"}],
    "ledger": {
        "intact": True,
        "runs": [
            {"n": 1, "why": "The best chunk is lost in the middle", "expected": 0.1, "before": 0.42, "after": 0.55,
             "usd": 0.05, "items": 100, "full": True, "at": "", "endpoint": ""},
            {"n": 2, "why": "", "expected": None, "before": None, "after": 0.3, "usd": 0.01, "items": 5, "full": False,
             "at": "", "endpoint": ""},
        ],
        "called_shots": {"n": 1, "mean_error": 0.03},
    },
    "usage": {"calls": 250, "tokens": 120000, "usd": 0.12, "refused": 3},
    "null_probe": {"answered": 0, "asked": 30},
    "repeated": {"same": True},
    "canary": {"found": [RECORD["canary"]], "expected": RECORD["canary"]},
    "stored_scores_reproduced": True,
    "seconds": 3.2,
}  # fmt: skip


def ready(interview: Interview, by: User, *, days: float = 7, **values: Any) -> Assignment:
    """A kit that was minted for this interview's candidate."""
    now = timezone.now()
    number = Assignment.objects.count() + 1
    job = request_job(task=actions.assigning.MINT_TASK, title="Kit", steps_total=1, by=by, now=now)
    type(job).objects.filter(pk=job.pk).update(state="done", finished_at=now)
    assignment = Assignment.objects.create(
        **{
            "interview": interview, "kit": KIT, "kit_version": "1.0.0", "attempt": number, "seed": f"{number:064d}",
            "state": "ready", "job": job, "record": RECORD, "canary": RECORD["canary"], "minted_at": now,
            "size": len(FOLDER), "sha256": hashlib.sha256(FOLDER).hexdigest(), "assigned_by": by, "assigned_at": now,
            "expires_at": now + dt.timedelta(days=days), **values,
        }
    )  # fmt: skip
    keep_file(assignment.file_name, FOLDER)
    return assignment


def link_to(assignment: Assignment, by: User) -> str:
    """The path of a private link that was shown to somebody who runs hiring."""
    link = actions.show_link(assignment=assignment, by=by, now=timezone.now())
    return re.sub(r"^https?://[^/]+", "", link)


def zipped(**files: str) -> bytes:
    """A small archive; the same files, the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, text in (files or {"NOTES.md": "What was wrong."}).items():
            target.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def upload(link: str, data: bytes, *, name: str = "work.zip") -> Any:
    return Client().post(link, {"do": "upload", "archive": SimpleUploadedFile(name, data)})


def handed_in(assignment: Assignment, by: User, *, data: bytes | None = None) -> Submission:
    """What the candidate uploaded by their link."""
    answer = upload(link_to(assignment, by), data or zipped())
    assert answer.status_code == 303, answer.content.decode()
    submission = assignment.submissions.order_by("-pk").first()
    assert submission is not None
    return submission


def graded(submission: Submission, by: User, report: dict[str, Any] | None = None) -> Grading:
    """As the worker leaves it."""
    grading = actions.request_grading(assignment=submission.assignment, by=by, now=timezone.now())
    now = timezone.now()
    type(grading.job).objects.filter(pk=grading.job_id).update(state="done", finished_at=now)
    Grading.objects.filter(pk=grading.pk).update(state="graded", report=report or REPORT, ended_at=now)
    grading.refresh_from_db()
    return grading


def kit_page(interview: Interview) -> str:
    return reverse("craft-interview", args=[interview.pk])
