"""The trail: one line for each verb, never what interviewers wrote."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import record
from apps.common.models import AuditLine
from apps.debriefs.actions import move_on, record_decision
from apps.interviews import actions
from apps.interviews.models import Scorecard
from tests.debriefs.meeting import vote, voting


def verbs() -> list[str]:
    return list(AuditLine.objects.order_by("pk").values_list("verb", flat=True))


def test_each_verb_of_a_candidacy_leaves_one_line_that_says_who(
    loop: Any, ada: User, ben: User, cleo: User, fay: User, submit: Callable[..., Scorecard]
) -> None:
    now = timezone.now()
    candidate = actions.add_candidate(
        name="A", email="a@mail.example", time_zone="UTC", source="", accommodation="", by=ada
    )
    candidacy = actions.start_candidacy(candidate=candidate, role=loop.role, by=ada, now=now)
    first, second = candidacy.interviews.order_by("plan_station__position")
    actions.schedule_interview(interview=first, starts_at=None, interviewers=[ben, fay], by=ada)
    actions.cancel_interview(interview=second, by=ada)
    actions.excuse_interviewer(seat=first.seats.get(interviewer=fay), reason="Ill.", by=ada)
    submit(first, ben)
    record_decision(
        candidacy=candidacy, outcome="offer", reasons="REASONS-SECRET", conditions="", dissent="", by=cleo, now=now
    )
    assert verbs() == [
        "added candidate", "started candidacy", "scheduled interview", "cancelled interview", "excused interviewer",
        "submitted scorecard", "recorded decision",
    ]  # fmt: skip
    assert AuditLine.objects.get(verb="submitted scorecard").by == ben
    assert AuditLine.objects.get(verb="recorded decision").by == cleo


def test_no_line_holds_a_rating_a_word_of_evidence_or_a_reason(
    loop: Any, ben: User, cleo: User, fay: User, submit: Callable[..., Scorecard]
) -> None:
    for interview, user in ((loop.of_ben, ben), (loop.of_fay, fay)):
        submit(interview, user)
    debrief = voting(loop.candidacy, cleo)
    vote(debrief, ben, "no", "REASON-SECRET")
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    record_decision(
        candidacy=loop.candidacy, outcome="no_offer", reasons="REASONS-SECRET", conditions="",
        dissent="DISSENT-SECRET of Fay.", by=cleo, now=timezone.now(),
    )  # fmt: skip
    text = json.dumps(list(AuditLine.objects.values("verb", "object_name", "before", "after")))
    for secret in ("SECRET", "no_offer", "level", "recommendation"):
        assert secret not in text


def test_a_change_by_hand_leaves_a_line_without_the_password(
    eli: User, ben: User, sign_in: Callable[[User], Client]
) -> None:
    admin = sign_in(eli)
    added = admin.post(
        "/admin/accounts/user/add/",
        {
            "email": "new@test.example", "name": "New Person", "time_zone": "UTC", "usable_password": "true",
            "password1": "correct horse battery", "password2": "correct horse battery",
        },
    )  # fmt: skip
    assert added.status_code == 302, added.content.decode()
    line = AuditLine.objects.latest("pk")
    assert (line.verb, line.by, line.object_name) == ("added in admin", eli, "New Person")
    assert "password" not in json.dumps(line.after)
    assert Client().post("/sign-in/", {"username": "new@test.example", "password": "correct horse battery"}).url == "/"


def test_the_trail_is_read_by_administrators_only(loop: Any, ada: User, cleo: User, eli: User, dana: User) -> None:
    record(by=ada, verb="did", thing=loop.role)
    assert AuditLine.objects.visible_to(eli).count() == 1
    for person in (ada, cleo, dana):
        assert not AuditLine.objects.visible_to(person).exists()


def test_a_refused_verb_leaves_no_line(loop: Any, ben: User) -> None:
    with pytest.raises(PermissionDenied):
        actions.withdraw_candidacy(candidacy=loop.candidacy, by=ben, now=timezone.now())
    assert verbs() == []


def test_a_long_name_is_cut(loop: Any, ada: User) -> None:
    loop.role.title = "x" * 500
    assert len(record(by=ada, verb="did", thing=loop.role).object_name) == 200
