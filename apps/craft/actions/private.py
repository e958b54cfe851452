"""What a candidate does with their private link: nobody has signed in, so nobody stands in the audit lines."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from apps.common.actions import record
from apps.craft import queries
from apps.craft.actions.files import keep_file, whole_file
from apps.craft.models import Assignment, Submission
from apps.craft.models.gradings import MOST_BYTES

MOST_SUBMISSIONS = 40
LEAST_APART = dt.timedelta(seconds=3)
ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")


class LinkClosed(Exception):
    """The private link opens nothing: it never was one, or was closed."""


class NotNow(Exception):
    """The link is the candidate's, and what they ask for is not to be had: too early, too late, or withdrawn."""


@dataclass(frozen=True)
class HandedOut:
    """The folder as a file, and the name a browser saves it under."""

    data: bytes
    name: str


@transaction.atomic
def note_opened(*, token: str, now: dt.datetime) -> None:
    """Somebody looks at the page of a private link. Raises LinkClosed."""
    _opened(_assignment(token), now=now)


@transaction.atomic
def hand_out_kit(*, token: str, now: dt.datetime) -> HandedOut:
    """The candidate's folder, counted and with a line in the trail. Raises LinkClosed, NotNow."""
    assignment = _assignment(token, to_work=True, now=now)
    data = whole_file(assignment.file_name, sha256=assignment.sha256)
    if data is None:
        raise NotNow
    _opened(assignment, now=now)
    Assignment.objects.filter(pk=assignment.pk).update(
        downloads=F("downloads") + 1, first_downloaded_at=Coalesce("first_downloaded_at", now)
    )
    record(by=None, verb="downloaded kit", thing=assignment)
    return HandedOut(data, f"{assignment.kit}.zip")


@transaction.atomic
def hand_in(*, token: str, archive: bytes, now: dt.datetime) -> Submission:
    """Keep what the candidate uploads; the last one counts. Raises LinkClosed, NotNow, ValidationError."""
    assignment = _assignment(token, to_work=True, now=now)
    if not archive:
        raise ValidationError("The file is empty. Make the zip again with “python craft.py submit”, and upload that.")
    if len(archive) > MOST_BYTES:
        raise ValidationError(too_large(len(archive)))
    if not archive.startswith(ZIP_BEGINS):
        raise ValidationError("This is no zip file. Make one with “python craft.py submit”, and upload that.")
    made = assignment.submissions.order_by("-pk")
    digest = hashlib.sha256(archive).hexdigest()
    last = made.first()
    if last is not None and last.sha256 == digest:
        return last
    if last is not None and now - last.uploaded_at < LEAST_APART:
        raise ValidationError("That was very quick after the last upload. Wait some seconds, then upload again.")
    if made.count() >= MOST_SUBMISSIONS:
        raise ValidationError(
            f"{MOST_SUBMISSIONS} uploads are the most. The last one counts; answer the mail if it is not the right one."
        )
    _opened(assignment, now=now)
    submission = Submission.objects.create(assignment=assignment, uploaded_at=now, size=len(archive), sha256=digest)
    keep_file(submission.file_name, archive)
    record(by=None, verb="handed in", thing=submission, after={"size": len(archive), "sha256": digest})
    return submission


def too_large(size: int) -> str:
    """Why an upload of so many bytes is refused."""
    return (
        f"The file has {size / 1024 / 1024:.1f} MB; the most is {MOST_BYTES // 1024 // 1024} MB. Your folder without "
        "caches and logs is far smaller: “python craft.py submit” packs just what is needed."
    )


def _assignment(token: str, *, to_work: bool = False, now: dt.datetime | None = None) -> Assignment:
    """Locked, so that what counts as the last upload, and whether it came in time, is one order for everybody."""
    link = queries.find_link(token)
    if link is None:
        raise LinkClosed
    list(Assignment.objects.select_for_update(no_key=True).filter(pk=link.assignment_id).order_by("pk").only("pk"))
    link = queries.find_link(token)
    if link is None:
        raise LinkClosed
    if to_work and now is not None and not queries.private_page(link, now=now).takes_work:
        raise NotNow
    return link.assignment


def _opened(assignment: Assignment, *, now: dt.datetime) -> None:
    first = Assignment.objects.filter(pk=assignment.pk, first_opened_at=None).update(first_opened_at=now)
    if first:
        record(by=None, verb="opened link to kit", thing=assignment)
