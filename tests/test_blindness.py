"""Blind until submitted: whoever owes a scorecard learns nothing of what the others wrote, on any page.

The claim is stronger than "the secret words are absent": every page is the same, to the byte, whatever others do.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.common.actions import request_job
from apps.common.models import AuditLine
from apps.debriefs.actions import record_decision
from apps.debriefs.models import Decision
from apps.interviews.actions import save_scorecard
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat, SeatQuerySet
from apps.packets.models import Packet
from tests.factories import CandidacyFactory, CandidateFactory, PlanFactory, UserFactory, seat
from tests.pages import Visitor

EVIDENCE, NOTES, REASONS, FILE = "EVIDENCE-SECRET", "NOTES-SECRET", "REASONS-SECRET", "PACKET-SECRET"
OWING = ["ben", "leader", "recruiter", "administrator"]
NOT_OWING = ["fay", "cleo", "ada", "eli"]

Pages = dict[str, tuple[int, str]]


class Panel:
    """The `loop`, with a leader, a recruiter and an administrator in Ben's interview; everybody but Fay owes."""

    def __init__(self, loop: Any, people: dict[str, User], submit: Callable[..., Scorecard], folder: Any) -> None:
        self.loop, self.people, self.submit, self.folder = loop, people, submit, folder
        for name in ("leader", "recruiter", "administrator"):
            seat(loop.of_ben, people[name], starts_at=loop.of_ben.starts_at)
        times = {"published_at": timezone.now(), "archived_at": timezone.now()}
        self.other_plan = PlanFactory(role=loop.role, state="archived", stations=[loop.craft], **times)
        for place in range(3):
            CandidacyFactory(plan=loop.plan, candidate=CandidateFactory(name=f"Other {place}"))
        self.job = request_job(task="none", title="Packets", steps_total=1, by=people["cleo"], now=timezone.now())

    # What happens, one thing after the other; `reader` is the one who goes on owing.

    def fay_keeps_a_draft(self, reader: User) -> None:
        competencies = self.loop.of_fay.plan_station.version.measures.values_list("competency", flat=True)
        entries = {pk: RatingEntry(level=1, no_evidence=False, evidence=EVIDENCE) for pk in competencies}
        save_scorecard(
            interview=self.loop.of_fay, entries=entries, recommendation="strong_no", private_notes=NOTES, revision=0,
            by=self.people["fay"], now=timezone.now(),
        )  # fmt: skip

    def fay_submits(self, reader: User) -> None:
        Scorecard.objects.filter(interview=self.loop.of_fay).delete()
        self.submit(self.loop.of_fay, self.people["fay"], level=1, evidence=EVIDENCE, recommendation="strong_no")

    def everybody_else_submits(self, reader: User) -> None:
        for name in OWING:
            if self.people[name] != reader:
                self.submit(self.loop.of_ben, self.people[name], level=4, evidence=EVIDENCE)

    def a_debrief_packet_is_made(self, reader: User) -> None:
        packet = Packet.objects.create(
            kind="debrief", candidacy=self.loop.candidacy, job=self.job, requested_by=self.people["cleo"], state="done",
            made_at=timezone.now(), pages=3, size=len(FILE), sha256=hashlib.sha256(FILE.encode()).hexdigest(),
        )  # fmt: skip
        (self.folder / packet.file_name).write_text(FILE)

    def a_decision_is_forced(self, reader: User) -> None:
        """Past the verb, which refuses it (below): even then the row is not shown."""
        Decision.objects.create(
            candidacy=self.loop.candidacy, outcome="no_offer", reasons=REASONS, decided_by=self.people["cleo"],
            decided_at=timezone.now(),
        )  # fmt: skip
        AuditLine.objects.create(
            by=self.people["cleo"], verb="recorded decision", object_type="interviews.Candidacy",
            object_id=str(self.loop.candidacy.pk), object_name=str(self.loop.candidacy),
        )  # fmt: skip

    # In order; after those marked True every page is read, after the others the main ones.
    STATES = [
        (fay_keeps_a_draft, False), (fay_submits, True), (everybody_else_submits, False),
        (a_debrief_packet_is_made, False), (a_decision_is_forced, True),
    ]  # fmt: skip

    def main_surfaces(self) -> list[str]:
        candidacy = self.loop.candidacy
        return [
            "/", "/candidacies/", candidacy.candidate.get_absolute_url(), candidacy.get_absolute_url(),
            self.loop.of_ben.get_absolute_url(), self.loop.of_fay.get_absolute_url(), "/interviews/", "/packets/",
            "/search/?q=noor", reverse("debrief", args=[candidacy.pk]),
        ]  # fmt: skip

    def more_surfaces(self) -> list[str]:
        loop = self.loop
        return [
            "/candidacies/?state=all", "/candidacies/?state=decided", "/candidates/", "/candidates/?q=noor",
            f"/search/?q={EVIDENCE}", "/roles/", "/packets/?kind=debrief", "/packets/bulk/",
            reverse("job", args=[self.job.pk]), loop.role.get_absolute_url(), loop.plan.get_absolute_url(),
            reverse("packet-request", args=[loop.candidacy.pk]), reverse("candidacy-move", args=[loop.candidacy.pk]),
        ]  # fmt: skip

    def admin_surfaces(self) -> list[str]:
        loop, candidacy = self.loop, self.loop.candidacy
        return [
            f"/admin/interviews/candidacy/{candidacy.pk}/change/",
            f"/admin/interviews/interview/{loop.of_fay.pk}/change/",
            f"/admin/interviews/interview/{loop.of_fay.pk}/history/",
            f"/admin/interviews/seat/{loop.seat_of_fay.pk}/change/",
            "/admin/",
            # Backwards from a thing to what points at it.
            "/admin/interviews/interview/?scorecards__isnull=False", "/admin/accounts/user/?scorecards__isnull=False",
            "/admin/interviews/candidacy/?decision__isnull=False",
            "/admin/interviews/interview/?scorecards__state=submitted",
        ] + [
            f"/admin/{label}"
            for label in [
                "interviews/candidacy/", "interviews/candidate/", "interviews/interview/", "interviews/seat/",
                "interviews/scorecard/", "interviews/scorecard/?o=-4", "interviews/rating/", "interviews/rating/?o=3",
                "debriefs/decision/", "common/auditline/", "common/auditline/?q=craft", "common/job/",
                "packets/packet/",
            ]
        ]  # fmt: skip

    def numbered(self) -> list[str]:
        """Pages of single rows, by number: what others wrote, what was decided, the trail of it, the packets."""
        loop = self.loop
        found = {
            "/admin/interviews/scorecard/{}/change/": Scorecard.objects.exclude(private_notes="").values_list("pk"),
            "/admin/interviews/rating/{}/change/": Scorecard.objects.filter(
                interview__candidacy=loop.candidacy, ratings__isnull=False
            ).values_list("ratings"),
            "/admin/debriefs/decision/{}/change/": Decision.objects.values_list("pk"),
            "/admin/packets/packet/{}/change/": Packet.objects.values_list("pk"),
            "/packets/{}/download/": Packet.objects.values_list("pk"),
            "/admin/common/auditline/{}/change/": AuditLine.objects.filter(
                verb__in=["submitted scorecard", "recorded decision"]
            ).values_list("pk"),
        }
        return [pattern.format(number) for pattern, rows in found.items() for (number,) in rows.order_by("pk")]

    def pages_of(self, browser: Visitor, reader: User, *, all_of_them: bool = True) -> Pages:
        surfaces = self.main_surfaces()
        if all_of_them:
            surfaces += self.more_surfaces() + (self.admin_surfaces() if reader.is_staff else [])
        return {address: browser.ask("GET", address) for address in surfaces}

    def numbered_pages_of(self, browser: Visitor, reader: User) -> Pages:
        mine = [address for address in self.numbered() if reader.is_staff or not address.startswith("/admin/")]
        return {address: browser.ask("GET", address) for address in mine}


@pytest.fixture
def panel(
    loop: Any, ada: User, ben: User, cleo: User, eli: User, fay: User, submit: Callable[..., Scorecard], settings: Any
) -> Panel:
    people = {"ada": ada, "ben": ben, "cleo": cleo, "eli": eli, "fay": fay}
    people["leader"] = UserFactory(name="Lea Leader", kinds=[Kind.LEADER])
    people["recruiter"] = UserFactory(name="Rob Recruiter", kinds=[Kind.RECRUITER])
    people["administrator"] = UserFactory(name="Abe Administrator", kinds=[Kind.ADMINISTRATOR])
    return Panel(loop, people, submit, settings.PACKETS_DIR)


def differences(before: Pages, after: Pages) -> list[str]:
    return [address for address in after if before[address] != after[address]]


def leaks(panel: Panel, name: str, sign_in: Callable[[User], Client]) -> list[str]:
    """Walk through the states; every page that changed or that says a secret, with the state it did so in."""
    reader = panel.people[name]
    browser = Visitor(sign_in(reader))
    first = panel.pages_of(browser, reader)
    found = []
    for happens, read_all in Panel.STATES:
        happens(panel, reader)
        now = panel.pages_of(browser, reader, all_of_them=read_all)
        found += [f"{happens.__name__}: {address} changed" for address in differences(first, now)]
        numbered = panel.numbered_pages_of(browser, reader) if read_all else {}
        # A refused row answers as one that is not there: 404, or the admin site's way back to its index.
        found += [
            f"{happens.__name__}: {address} answers {page[0]}" for address, page in numbered.items() if page[0] == 200
        ]
        found += [
            f"{happens.__name__}: {address} says {secret}"
            for address, (_, text) in {**now, **numbered}.items()
            for secret in (EVIDENCE, NOTES, REASONS, FILE)
            if secret in text and f"q={secret}" not in address
        ]
    return found


@pytest.mark.parametrize("name", OWING)
def test_who_owes_sees_the_same_pages_whatever_the_others_do(
    name: str, panel: Panel, sign_in: Callable[[User], Client]
) -> None:
    assert leaks(panel, name, sign_in) == []


def test_the_walk_notices_a_planted_leak(
    panel: Panel, sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SeatQuerySet, "owing", lambda self: self.none())
    found = "\n".join(leaks(panel, "administrator", sign_in))
    debrief = reverse("debrief", args=[panel.loop.candidacy.pk])
    for trace in [
        "fay_submits: / changed", "fay_submits: /candidacies/ changed", f"fay_submits: {debrief} says {EVIDENCE}",
        f"fay_submits: {panel.loop.candidacy.get_absolute_url()} changed", "/admin/interviews/scorecard/ changed",
        "/admin/interviews/rating/ changed", "/admin/common/auditline/ changed", "/admin/packets/packet/ changed",
        "/packets/ changed", f"/download/ says {FILE}", f"says {REASONS}", "/admin/debriefs/decision/ changed",
    ]:  # fmt: skip
        assert trace in found


@pytest.mark.parametrize("name", NOT_OWING)
def test_who_owes_nothing_reads_what_was_submitted_but_no_draft_and_no_notes(
    name: str, panel: Panel, sign_in: Callable[[User], Client]
) -> None:
    reader = panel.people[name]
    debrief = reverse("debrief", args=[panel.loop.candidacy.pk])
    browser = Visitor(sign_in(reader))
    panel.fay_keeps_a_draft(reader)
    draft_is_own = name == "fay"
    pages = panel.pages_of(browser, reader) | panel.numbered_pages_of(browser, reader)
    saying = {address for address, (_, text) in pages.items() if EVIDENCE in text and EVIDENCE not in address}
    assert saying == ({panel.loop.of_fay.get_absolute_url()} if draft_is_own else set())
    panel.fay_submits(reader)
    assert EVIDENCE in browser.ask("GET", debrief)[1]
    panel.everybody_else_submits(reader)
    panel.a_debrief_packet_is_made(reader)
    pages = panel.pages_of(browser, reader) | panel.numbered_pages_of(browser, reader)
    noting = {address for address, (_, text) in pages.items() if NOTES in text}
    assert noting == ({panel.loop.of_fay.get_absolute_url()} if draft_is_own else set())


def test_a_submitter_reads_their_own_notes_and_nobody_elses(panel: Panel, sign_in: Callable[[User], Client]) -> None:
    reader = panel.people["administrator"]
    for name in OWING:
        panel.submit(panel.loop.of_ben, panel.people[name], evidence=EVIDENCE)
    browser = Visitor(sign_in(reader))
    pages = panel.pages_of(browser, reader) | panel.numbered_pages_of(browser, reader)
    assert {address for address, (_, text) in pages.items() if NOTES in text} == {panel.loop.of_ben.get_absolute_url()}
    assert pages[panel.loop.of_ben.get_absolute_url()][1].count(NOTES) == 1


@pytest.mark.parametrize("name", ["leader", "recruiter", "administrator"])
def test_what_an_owing_manager_sends_is_answered_the_same_whether_others_have_submitted(
    name: str, panel: Panel, sign_in: Callable[[User], Client]
) -> None:
    loop, browser = panel.loop, Visitor(sign_in(panel.people[name]))
    attempts: list[tuple[str, dict[str, Any]]] = [
        (reverse("seat-excuse", args=[loop.seat_of_fay.pk]), {"reason": "Ill."}),
        (reverse("seat-excuse", args=[loop.seat_of_fay.pk]), {}),
        (reverse("interview-cancel", args=[loop.of_fay.pk]), {}),
        (reverse("interview-cancel", args=[loop.of_ben.pk]), {}),
        (reverse("interview-schedule", args=[loop.of_fay.pk]), {}),
        (reverse("debrief", args=[loop.candidacy.pk]), {"outcome": "offer", "reasons": "Because."}),
        (reverse("packet-request", args=[loop.candidacy.pk]), {"kinds": ["debrief"]}),
        (reverse("packets-bulk"), {"kinds": ["debrief"], "candidacies": [loop.candidacy.pk]}),
        (reverse("candidacy-move", args=[loop.candidacy.pk]), {"plan": panel.other_plan.pk, "seen": "0" * 64}),
    ]
    before = [browser.ask("POST", address, data) for address, data in attempts]
    panel.fay_submits(panel.people[name])
    assert [browser.ask("POST", address, data) for address, data in attempts] == before


def test_nobody_takes_themselves_off_a_panel_to_read_on(panel: Panel, sign_in: Callable[[User], Client]) -> None:
    panel.fay_submits(panel.people["leader"])
    client, debrief = sign_in(panel.people["leader"]), reverse("debrief", args=[panel.loop.candidacy.pk])
    own = Seat.objects.get(interviewer=panel.people["leader"])
    others = [other.interviewer_id for other in panel.loop.of_ben.seats.exclude(pk=own.pk)]
    name = f"interview-{panel.loop.of_ben.pk}-interviewers"
    for address, data in [
        (reverse("interview-schedule", args=[panel.loop.of_ben.pk]), {name: others}),
        (reverse("interview-cancel", args=[panel.loop.of_ben.pk]), {}),
        (reverse("seat-excuse", args=[own.pk]), {"reason": "I would rather read."}),
    ]:
        client.post(address, data)
        assert client.get(debrief).status_code == 403, address


def test_a_decision_over_somebody_who_owes_is_refused(panel: Panel) -> None:
    panel.fay_submits(panel.people["ben"])
    with pytest.raises(ValidationError, match="still owed"):
        record_decision(
            candidacy=panel.loop.candidacy, outcome="offer", reasons="Enough seen.", conditions="", dissent="",
            by=panel.people["cleo"], now=timezone.now(),
        )  # fmt: skip


def test_after_submitting_everything_others_submitted_is_there(
    panel: Panel, ben: User, sign_in: Callable[[User], Client]
) -> None:
    client, debrief = sign_in(ben), reverse("debrief", args=[panel.loop.candidacy.pk])
    panel.fay_submits(ben)
    assert client.get(debrief).status_code == 403
    panel.submit(panel.loop.of_ben, ben, evidence="Mine.")
    page = client.get(debrief)
    assert page.status_code == 200
    assert EVIDENCE in page.content.decode()


def test_one_of_two_scorecards_submitted_still_owes(panel: Panel, ben: User, sign_in: Callable[[User], Client]) -> None:
    seat(panel.loop.of_fay, ben)
    panel.submit(panel.loop.of_ben, ben)
    assert sign_in(ben).get(reverse("debrief", args=[panel.loop.candidacy.pk])).status_code == 403


def test_the_order_of_lists_tells_nothing_of_ratings(
    panel: Panel, cleo: User, sign_in: Callable[[User], Client]
) -> None:
    browser = Visitor(sign_in(cleo))

    def order(text: str) -> list[int]:
        ids = [candidacy.pk for candidacy in Candidacy.objects.order_by("pk")]
        return sorted(ids, key=lambda pk: text.index(f'href="/candidacies/{pk}/"'))

    before = order(browser.ask("GET", "/candidacies/")[1])
    panel.fay_submits(cleo)
    assert order(browser.ask("GET", "/candidacies/")[1]) == before


def test_interviews_are_the_ones_the_panel_thinks_of(panel: Panel) -> None:
    """The walk above is only as good as its cast: each of them owes in it."""
    owing = set(Seat.objects.owing().filter(interview=panel.loop.of_ben).values_list("interviewer__name", flat=True))
    assert owing == {panel.people[name].name for name in OWING}
    assert Interview.objects.filter(candidacy=panel.loop.candidacy).count() == 2


def test_who_owes_cannot_end_the_candidacy_to_read_on(loop, cleo, fay, sign_in, submit):
    seat(loop.of_fay, cleo)
    submit(loop.of_fay, fay)
    sign_in(cleo).post(f"/candidacies/{loop.candidacy.pk}/withdraw/")
    loop.candidacy.refresh_from_db()
    assert loop.candidacy.state == "active"
