"""What was handed in is graded, and read by whom it is for."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.common.models import AuditLine, Job
from apps.craft import actions, tasks
from apps.craft.models import Assignment, Grading, Submission
from apps.craft.sandbox.grading import NoSafeRoom
from apps.interviews.models import Scorecard
from tests.bad_input.pages import words
from tests.craft.product.house import REPORT, graded, handed_in, kit_page, link_to, ready, upload, zipped
from tests.factories import UserFactory, seat

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def submission(assignment: Assignment, ada: User) -> Submission:
    return handed_in(assignment, ada)


def result(submission: Submission) -> str:
    return reverse("craft-result", args=[submission.assignment_id])


def run(grading: Grading, **values: Any) -> Grading:
    actions.run_grading_job(job_id=grading.job_id, clock=timezone.now, **values)
    grading.refresh_from_db()
    return grading


# ------------------------------------------------------------------------------------------------------ when


def test_it_is_graded_by_itself_once_the_time_is_over(submission: Submission) -> None:
    tasks.grade_what_is_due()
    assert Grading.objects.count() == 0
    Assignment.objects.update(expires_at=timezone.now())
    for _ in range(2):
        tasks.grade_what_is_due()
    grading = Grading.objects.get()
    assert (grading.submission, grading.asked_by, grading.state) == (submission, None, "queued")
    assert AuditLine.objects.filter(verb="asked to grade", by=None).count() == 1


def test_of_what_is_withdrawn_nothing_is_graded_by_itself(submission: Submission, ada: User) -> None:
    actions.withdraw_assignment(assignment=submission.assignment, reason="Sent by mistake.", by=ada, now=timezone.now())
    Assignment.objects.update(expires_at=timezone.now())
    tasks.grade_what_is_due()
    assert Grading.objects.count() == 0


def test_grade_now_grades_the_last_upload_once(submission: Submission, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    for _ in range(2):
        client.post(reverse("craft-grade", args=[submission.assignment_id]))
    grading = Grading.objects.get()
    assert (grading.submission, grading.asked_by) == (submission, ben)
    assert "Being graded" in words(client.get(result(submission)))


def test_nothing_handed_in_is_nothing_to_grade(assignment: Assignment, ada: User) -> None:
    with pytest.raises(ValidationError, match="Nothing was handed in"):
        actions.request_grading(assignment=assignment, by=ada, now=timezone.now())


def test_an_upload_after_the_grading_is_graded_anew(submission: Submission, ada: User, sign_in: SignIn) -> None:
    first = graded(submission, ada)
    Submission.objects.update(uploaded_at=timezone.now() - dt.timedelta(minutes=5))
    upload(link_to(submission.assignment, ada), zipped(NOTES="second"))
    assert "A later one was handed in" in words(sign_in(ada).get(result(submission)))
    sign_in(ada).post(reverse("craft-grade", args=[submission.assignment_id]))
    assert Grading.objects.count() == 2
    first.refresh_from_db()
    assert first.report == REPORT


def test_given_up_work_holds_nothing_up(submission: Submission, ada: User, sign_in: SignIn) -> None:
    first = actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    Job.objects.update(state="failed", finished_at=timezone.now())
    assert "given up after several attempts" in words(sign_in(ada).get(result(submission)))
    second = actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    first.refresh_from_db()
    assert (first.state, second.state) == ("failed", "queued")


# ------------------------------------------------------------------------------------------------------ how it ends


def test_a_file_that_is_gone_is_said(submission: Submission, ada: User, sign_in: SignIn, settings: Any) -> None:
    (settings.CRAFT_DIR / submission.file_name).unlink()
    grading = run(actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now()))
    assert grading.state == "failed"
    assert "no longer on the server" in words(sign_in(ada).get(result(submission)))
    assert sign_in(ada).get(reverse("craft-submission", args=[submission.pk])).status_code == 410


def test_a_machine_without_a_safe_room_says_so_and_how_to_go_on(
    submission: Submission, ada: User, sign_in: SignIn
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise NoSafeRoom("Neither bubblewrap nor Landlock is here.")

    asked = actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    grading = run(asked, grade=refuse)
    assert grading.state == "no_room"
    for address in (result(submission), kit_page(submission.assignment.interview)):
        page = words(sign_in(ada).get(address))
        assert "Neither bubblewrap nor Landlock is here." in page
        assert "python manage.py craft grade FILE" in page
    again = actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    assert again != grading


def test_a_grader_that_breaks_leaves_a_sentence(submission: Submission, ada: User) -> None:
    asked = actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    grading = run(asked, grade=lambda record, archive: 1 / 0)
    assert grading.state == "failed"
    assert "report job" in grading.reason


def test_a_report_with_what_the_database_refuses_is_kept_all_the_same(
    submission: Submission, ada: User, sign_in: SignIn
) -> None:
    odd = {
        **REPORT, "seconds": float("nan"), "gain": {"value": float("inf")},
        "editable": [{"path": "a\x00b", "diff": "@@ -1,1 +1,1 @@\n-\x00\n+\ud800\n"}],
    }  # fmt: skip
    asked = actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    grading = run(asked, grade=lambda record, archive: odd)
    assert grading.state == "graded"
    assert sign_in(ada).get(result(submission)).status_code == 200


@pytest.mark.parametrize("report", [{}, {"verdict": "unreadable", "reason": "Not a zip."}, {"gain": 1, "slices": {}}])
def test_a_report_with_little_in_it_is_shown(
    report: dict[str, Any], submission: Submission, ada: User, sign_in: SignIn
) -> None:
    graded(submission, ada, report or {"verdict": "crashed"})
    page = sign_in(ada).get(result(submission))
    assert page.status_code == 200
    assert "There is no metric." in words(page)


# ------------------------------------------------------------------------------------------------------ the page


def test_the_result_page_says_all_of_it(submission: Submission, ada: User, ben: User, sign_in: SignIn) -> None:
    graded(submission, ada)
    page = sign_in(ben).get(result(submission))
    text = words(page)
    for said in (
        "0.71 (0.58 to 0.83, 90 %)", "calls per item did not hold", "own words", "+0.35", "It carries over",
        "0.14 more than the hidden ones", "probe, 5 items", "1 of 1 full run", "4, at most 3; 1 at the start",
        "The best chunk is lost in the middle", "+0.10", "+0.13",
        "off by 0.03 on average", "app/search.py", "harness/eval.py", "Files that were not theirs to change",
        "0 of 30 items came out right: the answers come from the model", "Run twice, it said the same",
        "It holds no other variant’s mark", "The metric is evidence, not a rating: rate on the scorecard",
        "To your scorecard", "How this comes about",
    ):  # fmt: skip
        assert said in text, said
    raw = page.content.decode()
    assert "<script>alert(1)</script>" not in raw
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw
    assert f'href="{submission.assignment.interview.get_absolute_url()}#scorecard"' in raw


def test_the_upload_is_downloaded_as_it_came(submission: Submission, ben: User, sign_in: SignIn) -> None:
    answer = sign_in(ben).get(reverse("craft-submission", args=[submission.pk]))
    assert answer.content == zipped()
    assert "attachment" in answer["Content-Disposition"]


def test_the_page_looks_again_by_itself_while_it_is_graded(submission: Submission, ada: User, sign_in: SignIn) -> None:
    actions.request_grading(assignment=submission.assignment, by=ada, now=timezone.now())
    client = sign_in(ada)
    part = client.get(result(submission), headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" in part
    assert "<html" not in part
    part = client.get(kit_page(submission.assignment.interview), headers={"HX-Request": "true"}).content.decode()
    assert "being graded" in part
    assert "<html" not in part


# ------------------------------------------------------------------------------------------------------ who


def test_who_owes_for_another_interview_reads_no_result(
    submission: Submission, loop: Any, ada: User, fay: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    """A leader who interviews elsewhere in this candidacy, and Fay, who does not run hiring."""
    lea = UserFactory(name="Lea Leader", kinds=[Kind.LEADER])
    seat(loop.of_fay, lea)
    graded(submission, ada)
    addresses = [result(submission), reverse("craft-submission", args=[submission.pk])]
    for person in (lea, fay):
        assert [sign_in(person).get(address).status_code for address in addresses] == [404, 404]
    assert sign_in(lea).post(reverse("craft-grade", args=[submission.assignment_id])).status_code == 404
    kit = words(sign_in(lea).get(kit_page(loop.of_ben)))
    assert "graded" not in kit.replace("How it was graded shows once you owe no scorecard", "")
    with pytest.raises(PermissionDenied):
        actions.request_grading(assignment=submission.assignment, by=lea, now=timezone.now())
    submit(loop.of_fay, lea)
    assert [sign_in(lea).get(address).status_code for address in addresses] == [200, 200]
    submit(loop.of_fay, fay)
    assert sign_in(fay).get(result(submission)).status_code == 404


def test_who_holds_the_interview_reads_it_before_rating(submission: Submission, ben: User, sign_in: SignIn) -> None:
    graded(submission, ben)
    page = sign_in(ben).get(result(submission))
    assert "To the scorecard" in words(page)


@pytest.mark.parametrize("changes", [{"state": "excused", "excused_reason": "Ill."}])
def test_who_was_excused_reads_nothing_more(
    changes: dict[str, Any], submission: Submission, loop: Any, ben: User, sign_in: SignIn
) -> None:
    type(loop.seat_of_ben).objects.filter(pk=loop.seat_of_ben.pk).update(**changes)
    assert sign_in(ben).get(result(submission)).status_code == 404


def test_a_result_of_another_candidate_is_another_page(
    submission: Submission, loop: Any, ada: User, ben: User, sign_in: SignIn
) -> None:
    other = ready(loop.of_fay, ada)
    assert sign_in(ben).get(reverse("craft-result", args=[other.pk])).status_code == 404
    assert sign_in(ben).get(reverse("craft-guide", args=[other.pk])).status_code == 404
