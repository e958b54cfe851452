"""Verbs about interviewers' training."""

import datetime as dt
from typing import Any

from django.db import transaction

from apps.common.actions import record
from apps.library.models import Station
from apps.panel.models import Training


@transaction.atomic
def set_training(*, interviewer: Any, station: Station, stage: Training.Stage, since: dt.date, by: Any) -> Training:
    """Record how far somebody is with one station."""
    training, _ = Training.objects.update_or_create(
        interviewer=interviewer, station=station, defaults={"stage": stage, "since": since}
    )
    record(by=by, verb="set training", thing=training, after={"stage": stage.value})
    return training
