"""A panel to walk through: who reads, every surface they could learn from, and what happens meanwhile.

A page is compared by all a reader could measure: status, text with its length and order, the headers, and the
statements it asks of the database (how long it takes follows from them).
"""

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import request_job
from apps.common.models import AuditLine, Job
from apps.craft.models import Grading, Submission
from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.actions import amend_scorecard, save_scorecard, send_reminders
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import CalibrationItem, CalibrationRating, Candidacy, Rating, Scorecard, Seat
from apps.library.models import Station
from apps.packets.models import Packet
from tests.craft.product.house import REPORT, ready
from tests.factories import CandidacyFactory, CandidateFactory, PlanFactory, seat
from tests.pages import Visitor

EVIDENCE, NOTES, REASONS, FILE = "EVIDENCE-SECRET", "NOTES-SECRET", "REASONS-SECRET", "PACKET-SECRET"
AMENDED, ENTERED, RATED, GRADED = "AMENDED-SECRET", "ENTERED-SECRET", "CALIBRATED-SECRET", "GRADED-SECRET"
SECRETS = (EVIDENCE, NOTES, REASONS, FILE, AMENDED, ENTERED, RATED, GRADED)
# In Ben's interview. Hal is the last to write where the reader is not.
OF_BEN = ["ben", "leader", "recruiter", "administrator", "hal"]


@dataclass(frozen=True)
class Seen:
    """One page as its reader gets it. `asked`: the statements behind it, without their values."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...]
    asked: tuple[str, ...]


Pages = dict[str, Seen]


def look(browser: Visitor, address: str) -> Seen:
    with CaptureQueriesContext(connection) as queries:
        response = browser.send("GET", address)
    length = response.headers.get("Content-Length")
    if length is not None and not response.streaming:
        assert int(length) == len(response.content)
    told = ("ETag", "Last-Modified", "Cache-Control", "Vary", "Content-Type", "Content-Disposition", "Allow")
    headers = tuple((name, response.headers[name]) for name in told if name in response.headers)
    return Seen(response.status_code, response.text_of_page, headers, tuple(_shape(row["sql"]) for row in queries))


def _shape(sql: str) -> str:
    without_values = re.sub(r"'(?:[^']|'')*'|\b\d+\b|\"s\d+_x\d+\"|\"_django_curs_\w+\"", "?", sql)
    return re.sub(r"\(\?(?:, \?)*\)", "(?)", without_values)


class Panel:
    """The `loop`, with a leader, a recruiter, an administrator and Hal in Ben's interview, and Gil in Fay's."""

    def __init__(self, loop: Any, people: dict[str, User], submit: Callable[..., Scorecard], folder: Any) -> None:
        self.loop, self.people, self.submit, self.folder = loop, people, submit, folder
        self.last = people["hal"]
        for name in OF_BEN[1:]:
            seat(loop.of_ben, people[name], starts_at=loop.of_ben.starts_at)
        self.seat_of_gil = seat(loop.of_fay, people["gil"])
        times = {"published_at": timezone.now(), "archived_at": timezone.now()}
        self.other_plan = PlanFactory(role=loop.role, state="archived", stations=[loop.craft], **times)
        for place in range(3):
            CandidacyFactory(plan=loop.plan, candidate=CandidateFactory(name=f"Other {place}"))
        self.began = timezone.now()
        # Asked for long ago: its page says so from the first reading on.
        asked = self.began - dt.timedelta(hours=1)
        self.job = request_job(task="none", title="Packets", steps_total=1, by=people["cleo"], now=asked)
        self.item = CalibrationItem.objects.create(
            version=loop.craft.current, title="A recorded answer", material="Said aloud.", state="open",
            created_by=people["cleo"], created_at=self.began,
        )  # fmt: skip
        # Fay's interview runs on a kit too, and its candidate has handed in.
        Station.objects.filter(pk=loop.talk.pk).update(kind=Station.Kind.AI_CRAFT)
        self.kit = ready(loop.of_fay, people["cleo"])
        self.handed_in = Submission.objects.create(assignment=self.kit, uploaded_at=self.began, size=1, sha256="x")
        User.objects.update(quiet_from=dt.time(0), quiet_until=dt.time(0), quiet_weekends=False)

    def begins(self, *, blindness: str, reader: User) -> None:
        """The reader is the last to write where they owe; where not, their own is in and Hal is the last."""
        Candidacy.objects.filter(pk=self.loop.candidacy.pk).update(blindness=blindness)
        sits = Seat.objects.filter(interview=self.loop.of_ben, interviewer=reader).exists()
        if blindness == "after_own":
            self.last = reader
        elif sits:
            self.submit(self.loop.of_ben, reader, evidence="Mine.")

    # What happens, one thing after the other, while `last` goes on owing.

    def fay_keeps_a_draft(self) -> None:
        competencies = self.loop.of_fay.plan_station.version.measures.values_list("competency", flat=True)
        entries = {pk: RatingEntry(level=1, no_evidence=False, evidence=EVIDENCE) for pk in competencies}
        save_scorecard(
            interview=self.loop.of_fay, entries=entries, recommendation="strong_no", private_notes=NOTES, revision=0,
            by=self.people["fay"], now=timezone.now(),
        )  # fmt: skip

    def fay_submits(self) -> None:
        Scorecard.objects.filter(interview=self.loop.of_fay).delete()
        self.submit(self.loop.of_fay, self.people["fay"], level=1, evidence=EVIDENCE, recommendation="strong_no")

    def fay_amends(self) -> None:
        card = Scorecard.objects.current().get(interviewer=self.people["fay"])
        competencies = card.ratings.values_list("competency", flat=True)
        amend_scorecard(
            scorecard=card, entries={pk: RatingEntry(4, no_evidence=False, evidence=AMENDED) for pk in competencies},
            recommendation="yes", reason=AMENDED, by=self.people["fay"], now=timezone.now(),
        )  # fmt: skip

    def gils_card_is_entered(self) -> None:
        """Past the verb, which refuses it where nobody may read yet."""
        card = Scorecard.objects.create(
            interview=self.loop.of_fay, interviewer=self.people["gil"], entered_by=self.people["cleo"],
            entered_reason=ENTERED, recommendation="no",
        )  # fmt: skip
        for pin in self.loop.candidacy.pinned_rubrics.order_by("pk"):
            Rating.objects.create(
                scorecard=card, competency=pin.rubric.competency, rubric=pin.rubric, level=2, evidence=EVIDENCE
            )
        Scorecard.objects.filter(pk=card.pk).update(state="submitted", submitted_at=timezone.now())
        self._line("entered scorecard", self.loop.of_fay)

    def gil_had_read_before(self) -> None:
        Seat.objects.filter(pk=self.seat_of_gil.pk).update(informed=True)

    def everybody_else_submits(self) -> None:
        written = set(Scorecard.objects.filter(interview=self.loop.of_ben).values_list("interviewer", flat=True))
        for name in OF_BEN:
            person = self.people[name]
            if person != self.last and person.pk not in written:
                self.submit(self.loop.of_ben, person, level=4, evidence=EVIDENCE)

    def a_debrief_packet_is_made(self) -> None:
        packet = Packet.objects.create(
            kind="debrief", candidacy=self.loop.candidacy, job=self.job, requested_by=self.people["cleo"], state="done",
            made_at=timezone.now(), pages=3, size=len(FILE), sha256=hashlib.sha256(FILE.encode()).hexdigest(),
        )  # fmt: skip
        (self.folder / packet.file_name).write_text(FILE)

    def the_debrief_opens(self) -> None:
        """Past the verb, which opens none before everybody has written where all wait for all."""
        now = timezone.now()
        debrief = Debrief.objects.create(
            candidacy=self.loop.candidacy, opened_by=self.people["cleo"], opened_at=now, reading_until=now
        )
        Vote.objects.create(debrief=debrief, voter=self.people["fay"], round="first", choice="yes", cast_at=now)
        Candidacy.objects.filter(pk=self.loop.candidacy.pk).update(debrief_opened_at=now)
        self._line("opened debrief", self.loop.candidacy)

    def fay_rates_the_calibration_item(self) -> None:
        CalibrationRating.objects.create(
            item=self.item, interviewer=self.people["fay"], competency=self.loop.first,
            rubric=self.loop.first.rubrics.get(), level=1, evidence=RATED, given_at=timezone.now(),
        )  # fmt: skip
        self._line("rated calibration item", self.item)

    def the_kit_is_graded(self) -> None:
        now = timezone.now()
        grading = Grading.objects.create(
            submission=self.handed_in, asked_by=self.people["fay"], asked_at=now, ended_at=now, state="graded",
            job=Job.objects.create(task="t", title="t", state="done", requested_at=now, finished_at=now),
            report={**REPORT, "verdict": "crashed", "reason": GRADED},
        )  # fmt: skip
        self._line("ended grading", grading)

    def a_decision_is_forced(self) -> None:
        """Past the verb, which refuses it: even then the row is not shown."""
        Decision.objects.create(
            candidacy=self.loop.candidacy, outcome="no_offer", reasons=REASONS, decided_by=self.people["cleo"],
            decided_at=timezone.now(),
        )  # fmt: skip
        self._line("recorded decision", self.loop.candidacy)

    def _line(self, verb: str, thing: Any) -> None:
        AuditLine.objects.create(
            by=self.people["cleo"], verb=verb, object_type=thing._meta.label, object_id=str(thing.pk),
            object_name=str(thing)[:200],
        )  # fmt: skip

    # In order; after those marked True every page is read, after the others the main ones.
    STATES = [
        (fay_keeps_a_draft, False), (fay_submits, False), (fay_amends, False), (gils_card_is_entered, True),
        (gil_had_read_before, False), (the_kit_is_graded, True), (everybody_else_submits, False),
        (a_debrief_packet_is_made, False), (the_debrief_opens, False),
        (fay_rates_the_calibration_item, False), (a_decision_is_forced, True),
    ]  # fmt: skip

    # Where something could show.

    def main_surfaces(self, reader: User) -> list[str]:
        candidacy = self.loop.candidacy
        return [
            "/", "/candidacies/", candidacy.candidate.get_absolute_url(), candidacy.get_absolute_url(),
            self.loop.of_ben.get_absolute_url(), self.loop.of_fay.get_absolute_url(), "/interviews/", "/packets/",
            "/search/?q=noor", reverse("debrief", args=[candidacy.pk]), "/scorecards/",
            reverse("debrief-live", args=[candidacy.pk]),
            *([self.item.get_absolute_url()] if reader.is_interviewer else []),
            # The admin site, for the one who has it.
            *(["/admin/common/auditline/", "/admin/interviews/scorecard/"] if reader.is_staff else []),
        ]  # fmt: skip

    def more_surfaces(self, reader: User) -> list[str]:
        loop = self.loop
        own = Scorecard.objects.submitted().filter(interviewer=reader).order_by("pk")
        return [
            "/candidacies/?state=all", "/candidacies/?state=decided", "/candidates/", "/candidates/?q=noor",
            f"/search/?q={EVIDENCE}", "/roles/", "/packets/?kind=debrief", "/packets/bulk/", "/me/",
            "/calibration-items/", reverse("job", args=[self.job.pk]), loop.role.get_absolute_url(),
            reverse("role-panel", args=[loop.role.pk]), loop.plan.get_absolute_url(),
            reverse("packet-request", args=[loop.candidacy.pk]), reverse("candidacy-move", args=[loop.candidacy.pk]),
            reverse("calibration"), reverse("interviewer-calibration", args=[self.people["fay"].pk]),
            reverse("interview-enter-for", args=[loop.of_fay.pk, loop.seat_of_fay.pk]),
            reverse("craft-interview", args=[loop.of_ben.pk]), reverse("craft-interview", args=[loop.of_fay.pk]),
            reverse("kits"), reverse("kit", args=[self.kit.kit]),
            reverse("interview-sheet", args=[loop.of_ben.pk]),
            *(reverse("scorecard-amend", args=[card.pk]) for card in own),
        ]  # fmt: skip

    def admin_surfaces(self) -> list[str]:
        loop, candidacy = self.loop, self.loop.candidacy
        return [
            f"/admin/interviews/candidacy/{candidacy.pk}/change/",
            f"/admin/interviews/interview/{loop.of_fay.pk}/change/",
            f"/admin/interviews/interview/{loop.of_fay.pk}/history/",
            f"/admin/interviews/seat/{loop.seat_of_fay.pk}/change/",
            f"/admin/interviews/seat/{self.seat_of_gil.pk}/change/",
            "/admin/",
            # Backwards from a thing to what points at it, and to what is not shown.
            "/admin/interviews/interview/?scorecards__isnull=False", "/admin/accounts/user/?scorecards__isnull=False",
            "/admin/interviews/candidacy/?decision__isnull=False", "/admin/interviews/candidacy/?debrief__isnull=False",
            "/admin/interviews/candidacy/?debrief_opened_at__isnull=False", "/admin/interviews/seat/?informed=True",
            "/admin/interviews/interview/?scorecards__state=submitted",
        ] + [
            f"/admin/{label}"
            for label in [
                "interviews/candidacy/", "interviews/candidate/", "interviews/interview/", "interviews/seat/",
                "interviews/scorecard/?o=-4", "interviews/rating/", "interviews/rating/?o=3", "debriefs/decision/",
                "common/auditline/?q=craft", "craft/assignment/", "craft/grading/", "common/job/", "packets/packet/",
            ]
        ]  # fmt: skip

    def numbered(self, reader: User) -> list[str]:
        """Pages of single rows, by number: what others wrote, what was decided, the trail of it, the packets."""
        of_others = Scorecard.objects.filter(interview__candidacy=self.loop.candidacy).exclude(interviewer=reader)
        verbs = [
            "submitted scorecard", "amended scorecard", "entered scorecard", "opened debrief", "recorded decision",
            "ended grading",
        ]  # fmt: skip
        found: dict[str, Any] = {
            "/scorecards/{}/amend/": of_others.values_list("pk"),
            "/packets/{}/download/": Packet.objects.values_list("pk"),
            "/packets/{}/": Packet.objects.values_list("pk"),
            "/packets/send/?packet={}": Packet.objects.values_list("pk"),
            "/craft/assignments/{}/": Grading.objects.values_list("submission__assignment"),
            "/craft/submissions/{}/": Grading.objects.values_list("submission"),
        }
        if reader.is_staff:
            found |= {
                "/admin/interviews/scorecard/{}/change/": of_others.values_list("pk"),
                "/admin/interviews/rating/{}/change/": of_others.filter(ratings__isnull=False).values_list("ratings"),
                "/admin/debriefs/decision/{}/change/": Decision.objects.values_list("pk"),
                "/admin/packets/packet/{}/change/": Packet.objects.values_list("pk"),
                "/admin/craft/grading/{}/change/": Grading.objects.values_list("pk"),
                "/admin/common/auditline/{}/change/": AuditLine.objects.filter(verb__in=verbs)
                .exclude(by=reader)
                .values_list("pk"),
            }
        return [pattern.format(number) for pattern, rows in found.items() for (number,) in rows.order_by("pk")]

    def pages_of(self, browser: Visitor, reader: User, *, all_of_them: bool = True) -> Pages:
        surfaces = self.main_surfaces(reader)
        if all_of_them:
            surfaces += self.more_surfaces(reader) + (self.admin_surfaces() if reader.is_staff else [])
        return {address: look(browser, address) for address in surfaces}

    def numbered_pages_of(self, browser: Visitor, reader: User) -> Pages:
        return {address: look(browser, address) for address in self.numbered(reader)}

    def mails_of(self, reader: User) -> list[str]:
        """Every mail this person would get in the days to come, if nothing more happened."""
        found = []
        for hours in (30, 54):
            mail.outbox.clear()
            with transaction.atomic():
                send_reminders(now=self.began + dt.timedelta(hours=hours))
                transaction.set_rollback(True)
            found += [f"{hours} h: {each.subject}\n{each.body}" for each in mail.outbox if reader.email in each.to]
        mail.outbox.clear()
        return found


def differences(before: Pages, after: Pages) -> list[str]:
    """What a reader could tell apart, page by page."""
    found = []
    for address, now in after.items():
        then = before[address]
        if (then.status, then.text) != (now.status, now.text):
            found.append(f"{address} changed")
        if then.headers != now.headers:
            found.append(f"{address} has other headers")
        if then.asked != now.asked:
            other = [new for old, new in zip(then.asked, now.asked, strict=False) if old != new][:1]
            found.append(f"{address} asks the database otherwise ({len(then.asked)}, now {len(now.asked)}): {other}")
    return found


def leaks(
    panel: Panel, name: str, sign_in: Callable[[User], Any], *, blindness: str = "after_own",
    states: Iterable[tuple[Any, bool]] | None = None,
) -> list[str]:  # fmt: skip
    """Walk through the states; all a reader could tell them apart by, with the state it shows in."""
    reader = panel.people[name]
    panel.begins(blindness=blindness, reader=reader)
    browser = Visitor(sign_in(reader))
    for address in panel.main_surfaces(reader) + (panel.admin_surfaces()[:3] if reader.is_staff else []):
        look(browser, address)  # what is kept in memory once is kept by now
    ContentType.objects.get_for_models(*apps.get_models())
    first, mails = panel.pages_of(browser, reader), panel.mails_of(reader)
    found = []
    for happens, read_all in states or Panel.STATES:
        if happens is Panel.fay_rates_the_calibration_item and not reader.is_interviewer:
            continue  # who runs hiring and does not interview owes no rating of it, and reads them all
        happens(panel)
        now = panel.pages_of(browser, reader, all_of_them=read_all)
        said = differences(first, now)
        numbered = panel.numbered_pages_of(browser, reader) if read_all else {}
        # A refused row answers as one that is not there: 404, or the admin site's way back to its index.
        said += [f"{address} answers {page.status}" for address, page in numbered.items() if page.status == 200]
        said += [
            f"{address} says {secret}"
            for address, page in {**now, **numbered}.items()
            for secret in SECRETS
            if secret in page.text and f"q={secret}" not in address and not _is_own(panel, reader, address)
        ]
        if read_all and panel.mails_of(reader) != mails:
            said.append("another mail comes")
        found += [f"{happens.__name__}: {line}" for line in said]
    return found


def _is_own(panel: Panel, reader: User, address: str) -> bool:
    """Where one's own private notes stand."""
    return address.startswith(panel.loop.of_ben.get_absolute_url()) and panel.last != reader
