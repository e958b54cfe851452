"""The kits' own pages: freshness, exposures, unattended runs, retirement."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.craft import actions, queries
from apps.craft.core.kits import KITS
from apps.craft.models import Assignment, KitRetirement, KitReview, UnattendedRun
from apps.craft.translate import RunRow, parse_runs
from apps.interviews.core.csv_rows import CsvError
from tests.bad_input.pages import field, words
from tests.craft.product.house import KIT, handed_in, ready

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TODAY = dt.date(2026, 11, 23)
RUN = {"assistant": "Assistant A", "gain": "0.62", "minutes": "18", "on": "2026-06-02", "note": "Brief only."}


def of(name: str = "kit") -> str:
    return reverse(name, args=[KIT])


def test_every_kit_that_ships_has_its_line_and_its_page(cleo: User, sign_in: SignIn) -> None:
    page = words(sign_in(cleo).get(reverse("kits")))
    for kit in KITS.values():
        assert kit.title in page
        assert sign_in(cleo).get(reverse("kit", args=[kit.id])).status_code == 200
    assert sign_in(cleo).get(reverse("kit", args=["no-such-kit"])).status_code == 404


def test_the_page_says_who_has_seen_it_and_when(assignment: Assignment, ada: User, cleo: User, sign_in: SignIn) -> None:
    handed_in(assignment, ada)
    page = words(sign_in(cleo).get(of()))
    for said in ("Noor Haddad", assignment.canary, "attempt 1, by Ada Recruiter"):
        assert said in page


def test_the_stations_that_name_a_kit_stand_on_its_page(loop: Any, cleo: User, sign_in: SignIn) -> None:
    type(loop.craft).objects.filter(pk=loop.craft.pk).update(kit=KIT, half_life_months=3)
    page = words(sign_in(cleo).get(of()))
    assert "Used by Name of craft" in page
    assert "3 months" in page
    assert of() in sign_in(cleo).get(loop.craft.get_absolute_url()).content.decode()


def test_a_review_makes_it_fresh_again(cleo: User, sign_in: SignIn) -> None:
    kit = KITS[KIT]
    long_ago = kit.reviewed + dt.timedelta(days=400)
    line = next(one for one in queries.kit_lines(user=cleo, today=long_ago) if one.kit.id == KIT)
    assert line.freshness.is_stale
    KitReview.objects.create(kit=KIT, kit_version=kit.version, on=long_ago, by=cleo, note="Held.")
    line = next(one for one in queries.kit_lines(user=cleo, today=long_ago) if one.kit.id == KIT)
    assert line.freshness.share == 1
    client = sign_in(cleo)
    refused = client.post(of("kit-review"), {"on": "2999-01-01", "note": "Ran it twice."})
    assert refused.status_code == 422
    assert "That day is still to come." in words(refused)
    assert field(refused, "note") == "Ran it twice."
    client.post(of("kit-review"), {"on": timezone.localdate().isoformat(), "note": "Ran it twice."})
    assert "Ran it twice." in words(client.get(of()))


def test_a_run_is_logged_and_a_kit_solved_alone_is_said(cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    assert client.post(of("kit-run"), RUN).status_code == 302
    page = words(client.get(of()))
    assert "Assistant A" in page
    assert "An assistant alone reaches" not in page
    client.post(of("kit-run"), {**RUN, "gain": "0.85"})
    assert "An assistant alone reaches 0.85" in words(client.get(of()))
    assert "solved alone" in words(client.get(reverse("kits")))
    assert AuditLine.objects.filter(verb="logged unattended run", by=cleo).count() == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"gain": "1.3"}, "less than or equal to 1.2"),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"on": "2999-01-01"}, "That day is still to come."),
        ({"assistant": ""}, "This field is required."),
    ],
)
def test_a_run_that_cannot_be_is_refused_and_stays_typed(
    values: dict[str, str], said: str, cleo: User, sign_in: SignIn
) -> None:
    answer = sign_in(cleo).post(of("kit-run"), {**RUN, **values})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Brief only." in answer.content.decode()
    assert UnattendedRun.objects.count() == 0


GOOD = "assistant,gain,minutes,on,version,note\nA,0.62,18,2026-06-02,1.0.0,x\nB,-0.1,5,2026-06-03,,\n"


def test_runs_come_from_a_file_all_or_none(cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    bad = GOOD + "C,much,5,2026-06-03,,\nD,0.5,soon,tomorrow,,\n"
    answer = client.post(of("kit-runs-import"), {"file": SimpleUploadedFile("runs.csv", bad.encode())})
    assert answer.status_code == 422
    for said in ("Line 4: “much” is no gain", "Line 5: “soon” is no number of minutes", "Line 5: “tomorrow” is no day"):
        assert said in words(answer)
    assert "much" in field(answer, "text")
    assert UnattendedRun.objects.count() == 0
    assert client.post(of("kit-runs-import"), {"text": GOOD}).status_code == 302
    assert list(UnattendedRun.objects.order_by("pk").values_list("assistant", "gain", "kit_version")) == [
        ("A", 0.62, "1.0.0"), ("B", -0.1, KITS[KIT].version),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "Line 1: the file is not UTF-8"),
        (b"a\x00b", "not a text file"),
        (b"assistant,gain\n", "the column “minutes” is missing"),
        (b"assistant,gain,minutes,on,colour\n", "“colour” is not known"),
        (b"assistant,gain,minutes,on,on\n", "stands there twice"),
        (b"assistant,gain,minutes,on\n", "no runs"),
        (b"assistant,gain,minutes,on\nA,1\n", "Line 2: 2 values for 4 columns"),
        (b'assistant,gain,minutes,on\n"A,1,2,3\n', "quotation mark"),
        (b"assistant,gain,minutes,on\nA,nan,5,2026-01-01\n", "is no gain"),
        (b"assistant,gain,minutes,on\nA,0.5,5,2027-01-01\n", "still to come"),
        (b"assistant,gain,minutes,on\n,0.5,5,2026-01-01\n", "the assistant is missing"),
        (b"x" * (513 * 1024), "larger than 512 kB"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(content: bytes, said: str) -> None:
    with pytest.raises(CsvError, match=said):
        parse_runs(content, today=TODAY)


def test_a_file_of_a_spreadsheet_is_read() -> None:
    content = "\ufeffAssistant;Gain;Minutes;On\r\n“A”, latest;0,62;18;2026-06-02\r\n;;;\r\n".encode()
    assert parse_runs(content, today=TODAY) == [RunRow("“A”, latest", 0.62, 18, dt.date(2026, 6, 2))]


def test_a_kit_is_retired_with_a_reason_and_comes_back(cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    assert "Say why the kit is retired." in words(client.post(of("kit-retire"), {"reason": ""}))
    client.post(of("kit-retire"), {"reason": "Two assistants solve it alone."})
    assert client.post(of("kit-retire"), {"reason": "Again."}).status_code == 422
    assert "Two assistants solve it alone." in words(client.get(of()))
    assert "retired" in words(client.get(reverse("kits")))
    assert KIT not in {kit.id for kit in queries.kits_to_assign()}
    client.post(of("kit-restore"))
    client.post(of("kit-restore"))
    assert KIT in {kit.id for kit in queries.kits_to_assign()}
    assert KitRetirement.objects.count() == 1
    assert AuditLine.objects.filter(verb__in=["retired kit", "brought kit back"]).count() == 2


def test_a_later_version_of_a_retired_kit_can_be_assigned(cleo: User) -> None:
    KitRetirement.objects.create(kit=KIT, kit_version="0.9.0", reason="Old.", by=cleo, at=timezone.now())
    assert KIT in {kit.id for kit in queries.kits_to_assign()}


def test_only_leaders_change_anything_about_kits(ada: User, ben: User) -> None:
    for person in (ada, ben):
        with pytest.raises(PermissionDenied):
            actions.retire_kit(kit=KITS[KIT], reason="r", by=person, now=timezone.now())
        with pytest.raises(PermissionDenied):
            actions.restore_kit(kit=KITS[KIT], by=person, now=timezone.now())
        with pytest.raises(PermissionDenied):
            actions.review_kit(kit=KITS[KIT], on=TODAY, note="n", by=person, today=TODAY)
        for verb in (actions.log_run, lambda run, **values: actions.import_runs(runs=[run], **values)):
            with pytest.raises(PermissionDenied):
                verb(kit=KITS[KIT], run=RunRow("A", 0.5, 5, TODAY), by=person, now=timezone.now())


def test_pages_cost_the_same_for_one_row_and_for_three(loop: Any, ada: User, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    costs = []
    for size in (1, 3):
        while Assignment.objects.count() < size:
            now = timezone.now()
            for former in Assignment.objects.standing():
                actions.withdraw_assignment(assignment=former, reason="Again.", by=ada, now=now)
            handed_in(ready(loop.of_ben, ada), ada)
            number = Assignment.objects.count()
            UnattendedRun.objects.create(
                kit=KIT,
                kit_version="1.0.0",
                assistant=f"A{number}",
                gain=0.1,
                minutes=5,
                on=TODAY,
                logged_by=cleo,
                logged_at=now,
            )
            KitReview.objects.create(kit=KIT, kit_version="1.0.0", on=TODAY, by=cleo, note=f"n{number}")
        pages = [reverse("kits"), of(), reverse("craft-interview", args=[loop.of_ben.pk])]
        for page in pages:
            client.get(page)
        counted = []
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            counted.append(len(asked))
        costs.append(counted)
    assert costs[0] == costs[1]
