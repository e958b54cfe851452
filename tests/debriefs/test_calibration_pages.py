"""The pages of the calibration: what they say with much, little and no history, to whom, and what they never tell."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.common.models import Job
from apps.debriefs import actions
from apps.interviews.models import CalibrationItem, Scorecard
from apps.panel.models import Training
from tests.debriefs.history import BEGINS, settled_panels
from tests.factories import UserFactory, seat
from tests.pages import Visitor, comparable

Page = Callable[[User, str], str]


@pytest.fixture
def page(sign_in: Callable[[User], Client]) -> Page:
    def read(user: User, address: str) -> str:
        answer = sign_in(user).get(address)
        assert answer.status_code == 200
        return comparable(answer.content.decode())

    return read


@pytest.fixture
def gus(db: None) -> User:
    return UserFactory(name="Gus Interviewer", kinds=[Kind.INTERVIEWER])


def calibrate_now(by: User | None = None) -> Job:
    job = actions.request_calibration(by=by, now=timezone.now())
    ended = actions.run_calibration(job_id=job.pk, clock=timezone.now)
    assert ended is not None
    return ended


def own(person: User) -> str:
    return f"/interviewers/{person.pk}/calibration/"


def test_calibration_page_without_a_calibration_says_what_stands_and_what_to_do(cleo: User, page: Page):
    text = page(cleo, "/calibration/")
    assert "No calibration yet." in text
    assert "Published variances" in text
    assert "Calibrate now" in text


def test_calibration_page_below_thirty_candidates_says_published_variances(
    cleo: User, ben: User, fay: User, gus: User, loop: Any, page: Page
):
    settled_panels(plan=loop.plan, panel=[ben, fay, gus], candidates=8, severity={ben: 1.0})
    calibrate_now()
    text = page(cleo, "/calibration/")
    assert "Published variances</button>: not enough of your own. 8 of the 30 candidates" in text
    names = [text.index(f">{name}</a></th>") for name in ("Ben Interviewer", "Fay Interviewer", "Gus Interviewer")]
    assert names == sorted(names), "by name, not by severity"
    assert "on one scale" in text


def test_severity_is_withheld_with_short_history_and_without_a_link_and_the_page_says_why(
    cleo: User, ben: User, fay: User, gus: User, loop: Any, page: Page
):
    settled_panels(plan=loop.plan, panel=[ben, fay], candidates=6)
    hal = UserFactory(name="Hal Interviewer", kinds=[Kind.INTERVIEWER])
    settled_panels(plan=loop.plan, panel=[gus], candidates=5, begins=BEGINS + dt.timedelta(hours=24), name="Of Gus")
    settled_panels(plan=loop.plan, panel=[ben, hal], candidates=2, begins=BEGINS + dt.timedelta(hours=48), name="New")
    calibrate_now()
    text = page(cleo, "/calibration/")
    assert "withheld: 2 candidates rated, 5 needed" in text
    assert "withheld: shares no candidate with the others" in text
    assert 'Gus Interviewer</a></span><span class="small muted">shares no candidate with anybody' in text
    assert "3 interviewers are linked" in text
    assert "one calibration item" in text
    assert "Withheld: 2 candidates rated, 5 needed." in page(hal, own(hal))
    assert "One calibration item that both rate is enough." in page(gus, own(gus))


def test_own_calibration_page_says_severity_in_words_and_every_habit_with_its_interval(
    cleo: User, ben: User, fay: User, gus: User, loop: Any, page: Page
):
    settled_panels(plan=loop.plan, panel=[ben, fay, gus], candidates=24, severity={ben: 1.2})
    calibrate_now()
    text = page(ben, own(ben))
    assert "My calibration" in text
    assert "lower</button> than colleagues would." in text
    for words in ("Use of the scale", "Weighted kappa", "Spread within one candidate", "Infit", "By the deadline",
                  "Levels with evidence in words", "Over time", "What to practise"):  # fmt: skip
        assert words in text
    assert "not enough history" not in text
    assert "The levels are about half a level or more lower than colleagues" in text
    of_leader = page(cleo, own(ben))
    assert "Calibration of Ben Interviewer" in of_leader
    assert "than colleagues would." in of_leader


def test_own_calibration_page_without_history_says_so_and_shows_what_to_do(ben: User, loop: Any, page: Page):
    text = page(ben, own(ben))
    assert "No settled scorecard yet." in text


def test_own_calibration_page_of_few_candidates_withholds_numbers_aloud(ben: User, fay: User, loop: Any, page: Page):
    settled_panels(plan=loop.plan, panel=[ben, fay], candidates=3)
    text = page(ben, own(ben))
    assert "No calibration has been made yet" in text
    assert "not enough history: 3 candidates, 5 needed" in text
    assert "Shadow a colleague" in text


def test_own_calibration_page_leads_to_items_and_training(ben: User, fay: User, cleo: User, loop: Any, page: Page):
    settled_panels(plan=loop.plan, panel=[ben, fay], candidates=3)
    item = CalibrationItem.objects.create(
        version=loop.craft.current, title="A recorded answer", material="m", state="open", created_by=cleo,
        created_at=timezone.now(),
    )  # fmt: skip
    Training.objects.create(interviewer=ben, station=loop.craft, stage="reverse_shadow", since=timezone.localdate())
    text = page(ben, own(ben))
    assert f'href="{item.get_absolute_url()}">Rate a calibration item' in text
    assert "reverse shadow" in text
    assert item.title in page(cleo, own(ben))


def test_calibration_page_asks_makes_and_shows_progress(cleo: User, sign_in: Callable[[User], Client]):
    client = sign_in(cleo)
    assert client.post("/calibration/make/").status_code == 302
    job = Job.objects.get()
    text = client.get("/calibration/").content.decode()
    assert "A calibration is being made" in text
    assert "Calibrate now" not in text
    poll = client.get("/calibration/", headers={"HX-Request": "true"})
    assert poll.content.decode().startswith('<section class="card-x" id="calibration-job"')
    Job.objects.filter(pk=job.pk).update(requested_at=timezone.now() - dt.timedelta(minutes=1))
    assert "Waiting for the worker" in client.get("/calibration/").content.decode()
    actions.run_calibration(job_id=job.pk, clock=timezone.now)
    ended = client.get("/calibration/", headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")


def test_a_failed_calibration_is_said_on_the_page(
    cleo: User, page: Page, loop: Any, ben: User, fay: User, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ValueError("an impossible matrix")

    monkeypatch.setattr("apps.debriefs.actions.calibrations.calibrate", broken)
    calibrate_now()
    assert "The last calibration failed." in page(cleo, "/calibration/")


@pytest.mark.parametrize("reader", ["leader", "ben"])
def test_pages_are_the_same_whatever_happens_on_a_panel_where_the_reader_owes(
    reader: str, loop: Any, ben: User, fay: User, gus: User, page: Page, submit: Callable[..., Scorecard]
):
    """Also once a calibration is made after it: by the byte, but for when it was made."""
    leader = UserFactory(name="Lea Leader", kinds=[Kind.LEADER])
    settled_panels(plan=loop.plan, panel=[ben, fay, gus], candidates=6)
    seat(loop.of_ben, leader, starts_at=loop.of_ben.starts_at)
    who = leader if reader == "leader" else ben
    calibrate_now()
    addresses = [own(ben)] + (["/calibration/", own(fay), own(gus)] if reader == "leader" else [])
    before = {address: page(who, address) for address in addresses}
    submit(loop.of_fay, fay, level=1)
    assert {address: page(who, address) for address in addresses} == before
    if reader == "leader":
        submit(loop.of_ben, ben, level=4)
    else:
        submit(loop.of_ben, leader, level=4)
    assert {address: page(who, address) for address in addresses} == before
    assert actions.request_calibration_if_changed(now=timezone.now()) is None
    calibrate_now()
    after = {address: page(who, address) for address in addresses}
    assert {at: _undated(text) for at, text in after.items()} == {at: _undated(text) for at, text in before.items()}
    submit(loop.of_ben, who)
    assert page(who, own(fay if reader == "leader" else ben)) != after[own(fay if reader == "leader" else ben)]


def _undated(text: str) -> str:
    """Without the minute at which the calibration was made."""
    start = text.find('popovertarget="f-made">')
    return text if start < 0 else text[:start] + text[text.index("</button>", start) :]


@pytest.mark.parametrize(("who", "status"), [("dana", 404), ("fay", 404), ("ada", 404), ("cleo", 200), ("eli", 200)])
def test_calibration_of_ben_is_for_him_and_leaders(
    who: str, status: int, ben: User, request: Any, sign_in: Callable[[User], Client]
):
    assert sign_in(request.getfixturevalue(who)).get(own(ben)).status_code == status


def test_calibration_pages_cost_the_same_queries_for_few_and_many(
    cleo: User, ben: User, fay: User, gus: User, loop: Any, sign_in: Callable[[User], Client],
    django_assert_num_queries: Any,
):  # fmt: skip
    client = Visitor(sign_in(cleo))

    def costs() -> list[int]:
        found = []
        for address in ("/calibration/", own(ben)):
            client.ask("GET", address)  # the data of a new calibration is read once a process
            with CaptureQueriesContext(connection) as queries:
                client.ask("GET", address)
            found.append(len(queries))
        return found

    settled_panels(plan=loop.plan, panel=[ben, fay], candidates=5)
    calibrate_now()
    few = costs()
    settled_panels(plan=loop.plan, panel=[ben, fay, gus], candidates=6, begins=timezone.now() - dt.timedelta(days=90))
    calibrate_now()
    assert costs() == few


def test_my_interviews_and_the_profile_lead_to_ones_own_calibration(ben: User, loop: Any, page: Page):
    for address in ("/interviews/", "/me/"):
        assert f'href="{own(ben)}"' in page(ben, address)


def test_a_leader_finds_the_calibration_from_its_items(cleo: User, page: Page):
    assert 'href="/calibration/"' in page(cleo, "/calibration-items/")


def test_an_unscheduled_interview_keeps_a_panel_from_counting(cleo: User, ben: User, fay: User, loop: Any, page: Page):
    made = settled_panels(plan=loop.plan, panel=[ben, fay], candidates=5)
    interview = made[0].interviews.order_by("pk")[0]
    interview.state, interview.starts_at, interview.ends_at = "to_schedule", None, None
    interview.save()
    calibrate_now()
    assert ">4</button></dd></div>" in page(cleo, "/calibration/")
