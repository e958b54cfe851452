"""How a role's panels work: leaders say so, candidacies under way keep what they began with."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.interviews.actions import start_candidacy
from apps.loops.actions import set_panel_rules
from apps.loops.core.inputs import PanelRules
from apps.loops.models import Role
from tests.conftest import Loop
from tests.factories import CandidateFactory

SignIn = Callable[[User], Client]
TYPED = {
    "blindness": "after_all", "reasons_required": "on", "scorecard_hours": "4", "quorum": "2", "reading_minutes": "0",
    "decider_apart": "on",
}  # fmt: skip
RULES = PanelRules(
    blindness="after_all", reasons_required=True, scorecard_hours=4, quorum=2, reading_minutes=0, decider_apart=True
)


def page_of(role: Role) -> str:
    return reverse("role-panel", args=[role.pk])


def test_a_leader_says_how_panels_work_and_everybody_reads_it(
    loop: Loop, ben: User, cleo: User, sign_in: SignIn
) -> None:
    client = sign_in(cleo)
    assert page_of(loop.role) in client.get(loop.role.get_absolute_url()).content.decode()
    assert client.post(page_of(loop.role), TYPED).headers["Location"] == loop.role.get_absolute_url()
    role = Role.objects.get(pk=loop.role.pk)
    assert {name: getattr(role, name) for name in TYPED} == {
        "blindness": "after_all", "reasons_required": True, "scorecard_hours": 4, "quorum": 2, "reading_minutes": 0,
        "decider_apart": True,
    }  # fmt: skip
    line = AuditLine.objects.get(verb="set panel rules")
    assert (line.before["blindness"], line.after["blindness"]) == ("after_own", "after_all")
    page = sign_in(ben).get(loop.role.get_absolute_url()).content.decode()
    assert "The panel reads after everybody" in page
    assert page_of(loop.role) not in page


def test_an_empty_quorum_is_everybodys(loop: Loop, cleo: User, sign_in: SignIn) -> None:
    sign_in(cleo).post(page_of(loop.role), {**TYPED, "quorum": ""})
    assert Role.objects.get(pk=loop.role.pk).quorum is None


@pytest.mark.parametrize(
    "wrong",
    [{"blindness": "never"}, {"scorecard_hours": "0"}, {"scorecard_hours": "337"}, {"quorum": "0"},
     {"reading_minutes": "61"}, {"quorum": "many"}],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_and_the_rest_kept(
    wrong: dict[str, str], loop: Loop, cleo: User, sign_in: SignIn
) -> None:
    page = sign_in(cleo).post(page_of(loop.role), {**TYPED, "scorecard_hours": "77", **wrong})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert 'value="77"' in page.content.decode() or "scorecard_hours" in wrong
    assert Role.objects.get(pk=loop.role.pk).scorecard_hours == 24


def test_only_leaders_say_how_panels_work(loop: Loop, ada: User, ben: User) -> None:
    for person in (ada, ben):
        with pytest.raises(PermissionDenied):
            set_panel_rules(role=loop.role, rules=RULES, by=person)


def test_candidacies_under_way_keep_what_they_began_with(loop: Loop, cleo: User) -> None:
    set_panel_rules(role=loop.role, rules=RULES, by=cleo)
    new = start_candidacy(candidate=CandidateFactory(), role=loop.role, by=cleo, now=timezone.now())
    loop.candidacy.refresh_from_db()
    assert (loop.candidacy.blindness, loop.candidacy.reasons_required) == ("after_own", False)
    assert (new.blindness, new.reasons_required) == ("after_all", True)


def test_a_closed_role_keeps_its_rules(loop: Loop, cleo: User, sign_in: SignIn) -> None:
    Role.objects.filter(pk=loop.role.pk).update(state="closed")
    assert sign_in(cleo).get(page_of(loop.role)).status_code == 404
