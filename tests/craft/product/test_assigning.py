"""A kit is assigned, its link handed out, prolonged and taken back, through the pages."""

import datetime as dt
import re
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import claim_job
from apps.common.models import AuditLine, Job
from apps.craft import actions
from apps.craft.models import Assignment, CandidateLink, KitRetirement
from apps.interviews.models import Candidacy, Candidate, Interview
from tests.bad_input.pages import words
from tests.craft.product.house import KIT, handed_in, kit_page, link_to, ready

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def form(days: float = 3, **values: Any) -> dict[str, Any]:
    at = timezone.localtime(timezone.now() + dt.timedelta(days=days))
    return {"kit": KIT, "expires_at": at.strftime("%Y-%m-%dT%H:%M"), **values}


def of(name: str, assignment: Assignment) -> str:
    return reverse(f"craft-{name}", args=[assignment.pk])


# ------------------------------------------------------------------------------------------------------ assigning


def test_a_recruiter_assigns_a_kit_and_a_job_waits_for_it(loop: Any, ada: User, sign_in: SignIn) -> None:
    answer = sign_in(ada).post(kit_page(loop.of_ben), form())
    assert answer["Location"] == kit_page(loop.of_ben)
    made = Assignment.objects.get()
    assert (made.state, made.attempt, made.assigned_by, made.job.state) == ("minting", 1, ada, "queued")
    assert made.job.task == "apps.craft.tasks.mint_kit"
    assert re.fullmatch(r"[0-9a-f]{64}", made.seed)
    page = sign_in(ada).get(kit_page(loop.of_ben))
    assert "A variant of its own is being made" in words(page)
    assert AuditLine.objects.filter(verb="assigned kit", by=ada).count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kit": ""}, "Choose a kit."),
        ({"kit": "no-such-kit"}, "This kit cannot be assigned."),
        ({"expires_at": ""}, "Say until when the link opens."),
        ({"expires_at": "tomorrow"}, "Give a day and a time."),
        ({"expires_at": "2020-01-01T10:00"}, "That moment is over."),
        ({"expires_at": "0001-01-01T10:00"}, "That year cannot be right."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_assigned(
    values: dict[str, Any], said: str, loop: Any, ada: User, sign_in: SignIn
) -> None:
    answer = sign_in(ada).post(kit_page(loop.of_ben), form(**values))
    assert answer.status_code == 422
    assert said in words(answer)
    assert Assignment.objects.count() == 0


def test_a_link_opens_sixty_days_at_most(loop: Any, ada: User, sign_in: SignIn) -> None:
    assert "60 days at most" in words(sign_in(ada).post(kit_page(loop.of_ben), form(days=61)))


def test_a_retired_kit_cannot_be_assigned(loop: Any, ada: User, cleo: User, sign_in: SignIn) -> None:
    KitRetirement.objects.create(kit=KIT, kit_version="1.0.0", reason="Solved.", by=cleo, at=timezone.now())
    assert sign_in(ada).post(kit_page(loop.of_ben), form()).status_code == 422
    with pytest.raises(ValidationError, match="is retired"):
        actions.assign_kit(
            interview=loop.of_ben, kit=KIT, expires_at=timezone.now() + dt.timedelta(days=1), by=ada,
            now=timezone.now(),
        )  # fmt: skip


def test_another_kind_of_station_has_no_kit(loop: Any, ada: User, sign_in: SignIn) -> None:
    assert sign_in(ada).get(kit_page(loop.of_fay)).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.assign_kit(
            interview=loop.of_fay, kit=KIT, expires_at=timezone.now() + dt.timedelta(days=1), by=ada,
            now=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize("ended", ["candidacy", "interview"])
def test_nothing_is_assigned_where_all_has_ended(ended: str, loop: Any, ada: User, sign_in: SignIn) -> None:
    if ended == "candidacy":
        Candidacy.objects.update(state="withdrawn", ended_at=timezone.now())
    else:
        Interview.objects.filter(pk=loop.of_ben.pk).update(state="cancelled")
    answer = sign_in(ada).post(kit_page(loop.of_ben), form())
    assert answer.status_code == 422
    assert Assignment.objects.count() == 0
    assert "Assign the kit" not in words(sign_in(ada).get(kit_page(loop.of_ben)))


def test_to_assign_again_is_a_new_attempt_with_a_new_seed(loop: Any, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    client.post(kit_page(loop.of_ben), form())
    client.post(kit_page(loop.of_ben), form())
    second, first = Assignment.objects.order_by("-pk")
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.seed != second.seed
    assert (first.state, second.state) == ("withdrawn", "minting")
    assert "Assigned again." in words(client.get(kit_page(loop.of_ben)))


def test_the_seed_hangs_on_all_it_is_made_of_and_on_this_house(settings: Any) -> None:
    base: dict[str, Any] = {"kit": "a", "version": "1", "candidate": 1, "attempt": 1}
    others: list[dict[str, Any]] = [{"kit": "b"}, {"version": "2"}, {"candidate": 2}, {"attempt": 2}]
    seeds = {actions.seed_of(**{**base, **other}) for other in [{}, *others]}
    settings.SECRET_KEY = "another house"
    seeds.add(actions.seed_of(**base))
    assert len(seeds) == 6


def test_the_same_candidate_in_two_candidacies_gets_two_variants(
    loop: Any, ada: User, assignment: Assignment, sign_in: SignIn
) -> None:
    sign_in(ada).post(kit_page(loop.of_ben), form())
    assert len(set(Assignment.objects.order_by("pk").values_list("seed", "attempt"))) == 2


# ------------------------------------------------------------------------------------------------------ links


def test_a_link_is_shown_once(assignment: Assignment, loop: Any, ada: User, sign_in: SignIn, settings: Any) -> None:
    settings.SITE_URL = "https://hiring.example.com"
    client = sign_in(ada)
    shown = client.post(of("link", assignment)).content.decode()
    (link,) = re.findall(r'value="https://hiring\.example\.com(/p/craft/[^"]+/)"', shown)
    assert Client().get(link).status_code == 200
    assert link not in client.get(kit_page(loop.of_ben)).content.decode()
    assert "Shown to Ada Recruiter" in words(client.get(kit_page(loop.of_ben)))


def test_a_link_is_mailed_to_the_candidate(assignment: Assignment, loop: Any, ada: User, sign_in: SignIn) -> None:
    assert sign_in(ada).post(of("mail", assignment)).status_code == 302
    link = CandidateLink.objects.get()
    assert (link.state, link.digest) == ("queued", "")
    assert link.job is not None
    actions.mail_link_job(job_id=link.job.pk, clock=timezone.now)
    (message,) = mail.outbox
    assert message.to == ["noor@mail.example"]
    assert message.reply_to == [ada.email]
    assert message.subject == "Your task for AI product engineer"
    (path,) = re.findall(r"(/p/craft/\S+/)", str(message.body))
    assert Client().get(path).status_code == 200
    link.refresh_from_db()
    assert link.state == "sent"
    assert "Mailed to noor@mail.example" in words(sign_in(ada).get(kit_page(loop.of_ben)))


def test_a_second_mail_waits_for_the_first(assignment: Assignment, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    client.post(of("mail", assignment))
    client.post(of("mail", assignment))
    assert CandidateLink.objects.count() == 1


def mailing(assignment: Assignment, ada: User) -> tuple[CandidateLink, Job]:
    link = actions.request_link_mail(assignment=assignment, by=ada, now=timezone.now())
    assert link.job is not None
    return link, link.job


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (lambda a: Candidate.objects.update(email="other@mail.example"), "is another one now"),
        (lambda a: Assignment.objects.update(expires_at=timezone.now()), "time for this kit is over"),
        (lambda a: User.objects.filter(pk=a.pk).update(is_active=False), "may not hand this kit out now"),
    ],
)
def test_what_changed_meanwhile_stops_the_mail(
    happens: Callable[[User], Any], said: str, assignment: Assignment, ada: User
) -> None:
    link, job = mailing(assignment, ada)
    happens(ada)
    actions.mail_link_job(job_id=job.pk, clock=timezone.now)
    link.refresh_from_db()
    assert (link.state, link.digest, mail.outbox) == ("failed", "", [])
    assert said in link.problem


def test_a_mail_server_that_refuses_leaves_no_open_link(
    assignment: Assignment, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise SMTPRecipientsRefused({})

    link, job = mailing(assignment, ada)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    ended = actions.mail_link_job(job_id=job.pk, clock=timezone.now)
    link.refresh_from_db()
    assert (link.state, link.digest) == ("failed", "")
    assert ended is not None
    assert ended.state == "failed"


def test_a_worker_that_died_in_between_sends_nothing_twice(assignment: Assignment, ada: User) -> None:
    link, job = mailing(assignment, ada)
    claimed = claim_job(job_id=job.pk, now=timezone.now())
    assert claimed is not None
    CandidateLink.objects.filter(pk=link.pk).update(state="sending", digest="d")
    Job.objects.filter(pk=job.pk).update(state="queued", claim=None)
    actions.mail_link_job(job_id=job.pk, clock=timezone.now)
    link.refresh_from_db()
    assert (link.state, mail.outbox) == ("failed", [])
    assert "may have arrived or not" in link.problem


def test_links_are_closed_and_another_one_opens(assignment: Assignment, ada: User, sign_in: SignIn) -> None:
    first = link_to(assignment, ada)
    sign_in(ada).post(of("close-links", assignment))
    assert Client().get(first).status_code == 404
    assert Client().get(link_to(assignment, ada)).status_code == 200


def test_a_mailed_link_dies_with_the_address_it_went_to(assignment: Assignment, ada: User) -> None:
    _, job = mailing(assignment, ada)
    actions.mail_link_job(job_id=job.pk, clock=timezone.now)
    (path,) = re.findall(r"(/p/craft/\S+/)", str(mail.outbox[0].body))
    Candidate.objects.update(email="corrected@mail.example")
    assert Client().get(path).status_code == 404


def test_the_end_is_moved_and_the_link_opens_again(assignment: Assignment, ada: User, sign_in: SignIn) -> None:
    link = link_to(assignment, ada)
    Assignment.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    assert "time for this task is over" in words(Client().get(link))
    client = sign_in(ada)
    refused = client.post(of("extend", assignment), {"expires_at": "2020-01-01T10:00"})
    assert refused.status_code == 422
    assert "That moment is over." in words(refused)
    assert client.post(of("extend", assignment), {"expires_at": form(2)["expires_at"]}).status_code == 302
    assert "Download your folder" in words(Client().get(link))


def test_to_withdraw_needs_a_reason(assignment: Assignment, ada: User, sign_in: SignIn, loop: Any) -> None:
    client, link = sign_in(ada), link_to(assignment, ada)
    assert "Say why the kit is withdrawn." in words(client.post(of("withdraw", assignment), {"reason": " "}))
    client.post(of("withdraw", assignment), {"reason": "The candidate asked for another day."})
    assert "This task was withdrawn." in words(Client().get(link))
    page = words(client.get(kit_page(loop.of_ben)))
    assert "The candidate asked for another day." in page
    assert "Assign the kit" in page
    assert client.post(of("mail", assignment)).status_code == 302
    assert mail.outbox == []


def test_a_kit_whose_file_is_gone_is_prepared_again_the_very_same(
    assignment: Assignment, ada: User, sign_in: SignIn, loop: Any, settings: Any
) -> None:
    (settings.CRAFT_DIR / assignment.file_name).unlink()
    client = sign_in(ada)
    assert "Prepare it again" in words(client.get(kit_page(loop.of_ben)))
    client.post(of("prepare", assignment))
    again = Assignment.objects.get()
    assert (again.state, again.seed) == ("minting", assignment.seed)
    assert again.job_id != assignment.job_id


# ------------------------------------------------------------------------------------------------------ who


@pytest.mark.parametrize("name", ["link", "mail", "close-links", "extend", "withdraw", "prepare"])
def test_an_interviewer_sees_where_it_stands_and_hands_nothing_out(
    name: str, assignment: Assignment, loop: Any, ben: User, fay: User, sign_in: SignIn
) -> None:
    assert "Returns desk" in words(sign_in(ben).get(kit_page(loop.of_ben))) or assignment.kit
    assert sign_in(ben).post(of(name, assignment)).status_code == 403
    assert sign_in(fay).post(of(name, assignment)).status_code == 404
    assert sign_in(fay).get(kit_page(loop.of_ben)).status_code == 404
    assert "Link for the candidate" not in words(sign_in(ben).get(kit_page(loop.of_ben)))


def test_the_pages_of_interview_and_candidacy_lead_to_the_kit(loop: Any, ada: User, ben: User, sign_in: SignIn) -> None:
    address = kit_page(loop.of_ben)
    assert address in sign_in(ada).get(loop.of_ben.get_absolute_url()).content.decode()
    assert address in sign_in(ada).get(loop.candidacy.get_absolute_url()).content.decode()
    assert "The kit" not in words(sign_in(ben).get(loop.of_ben.get_absolute_url()))
    made = ready(loop.of_ben, ada)
    handed_in(made, ada)
    page = sign_in(ben).get(loop.of_ben.get_absolute_url()).content.decode()
    assert address in page
    assert reverse("craft-guide", args=[made.pk]) in page
    assert made.get_absolute_url() in page
