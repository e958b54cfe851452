"""The verb about rubrics."""

import datetime as dt
from typing import Any

from django.db import transaction

from apps.common.actions import record
from apps.library.actions.versions import SavedMeanwhile, make_rubric_version
from apps.library.core.documents import RubricDocument
from apps.library.models import Competency, Rubric
from apps.library.translate import to_rubric_document


@transaction.atomic
def publish_rubric(
    *, competency: Competency, document: RubricDocument, number: int, by: Any, now: dt.datetime
) -> Rubric | None:
    """Publish a new version of a competency's rubric; the published one never changes. None where nothing differs.

    `number` is the version the editor began with (0: there was none). Raises SavedMeanwhile where a later one is out.
    """
    by.require(leader=True)
    competency = Competency.objects.select_for_update().get(pk=competency.pk)
    latest = competency.rubrics.prefetch_related("levels").order_by("-number").first()
    if (latest.number if latest else 0) != number:
        raise SavedMeanwhile
    if latest is not None and to_rubric_document(latest).rubric_fingerprint == document.rubric_fingerprint:
        return None
    rubric = make_rubric_version(competency=competency, document=document, by=by, now=now)
    record(by=by, verb="published rubric", thing=rubric, after={"number": rubric.number})
    return rubric
