"""Every page of the product on the demo organisation, by who reads it: for the axe tests and for the pictures."""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from apps.accounts.models import User
from apps.common.models import Job
from apps.craft import actions as craft_actions
from apps.craft.models import Assignment
from apps.debriefs.actions import cast_second_vote, move_on, open_debrief, request_calibration, run_calibration
from apps.debriefs.models import Debrief, Vote
from apps.interviews.actions import (
    add_candidate,
    open_calibration_item,
    rate_calibration_item,
    save_calibration_item,
    schedule_interview,
    start_candidacy,
)
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import CalibrationItem, Candidacy, Interview, Seat
from apps.interviews.queries import asked_of
from apps.library.models import Station
from apps.loops.actions import add_station, copy_plan, publish_plan, remove_station, start_audit, start_audit_of_plan
from apps.loops.core.existing import parse
from apps.loops.models import LoopAudit, LoopPlan, Role
from apps.packets import actions as packet_actions
from apps.packets import queries as packet_queries
from apps.packets.models import Export, Packet, Sending
from apps.packets.queries import open_lots

READERS = ("nobody", "leader", "recruiter", "interviewer", "outsider")


@dataclass(frozen=True)
class Visit:
    """One page to look at. `act` does what it takes to get from the address to the page, a refused form for example."""

    name: str
    address: str
    act: Callable[[Page], None] | None = None
    status: int = 200

    def open(self, page: Page, site: str) -> None:
        answer = page.goto(site + self.address)
        assert answer is not None
        if self.act is not None:
            self.act(page)
        else:
            assert answer.status == self.status, f"{self.name}: {answer.status}"


class Demo:
    """The demo organisation and the things in it that the pages are about."""

    def __init__(self) -> None:
        call_command("load_library", stdout=io.StringIO())
        call_command("seed_demo", stdout=io.StringIO())
        people = {user.email.partition("@")[0]: user for user in User.objects.order_by("pk")}
        self.leader, self.recruiter, self.outsider = people["cleo"], people["ada"], people["dana"]
        self.role = Role.objects.get(title="AI product engineer")
        self.old_role = Role.objects.get(title__startswith="Full-stack")
        self.plan = LoopPlan.objects.get(role=self.role, state=LoopPlan.State.PUBLISHED)
        self.old_plan = LoopPlan.objects.get(role=self.old_role)
        self.draft = LoopPlan.objects.filter(state=LoopPlan.State.DRAFT).order_by("pk")[0]
        owed = Seat.objects.owing().filter(interview__candidacy=self.candidacy("Yuki Tanabe")).order_by("pk")[0]
        self.seat_owed: Seat = owed
        self.interviewer: User = owed.interviewer
        self.owed: Interview = owed.interview
        candidacy = self.candidacy("Mateus Oliveira")
        job = packet_actions.request_packets(
            candidacies=[candidacy],
            kinds=[Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF],
            by=self.leader,
            now=timezone.now(),
        )
        packet_actions.run_packets_job(job_id=job.pk, clock=timezone.now)
        self.job_done = job
        self.job_waiting: Job = packet_actions.request_packets(
            candidacies=[candidacy],
            kinds=[Packet.Kind.INTERVIEWER_KIT],
            by=self.leader,
            now=timezone.now() - dt.timedelta(minutes=1),
        )
        self.gone = Packet.objects.create(
            kind=Packet.Kind.CANDIDATE_BRIEF,
            state=Packet.State.DONE,
            candidacy=candidacy,
            requested_by=self.leader,
            job=job,
            made_at=timezone.now(),
            pages=2,
            size=40_000,
            sha256="0" * 64,
        )
        self.job_of_interviewer = packet_actions.request_own_kit(
            interview=self.owed, by=self.interviewer, now=timezone.now()
        )

        self.exports = self._exports()
        self.mailed, self.private, self.job_of_mails = self._mails()
        self.craft = Assignment.objects.get(interview__candidacy=candidacy)
        self.craft_links, self.craft_unready = self._craft()
        self._debriefs()
        self.between_plans = self._between_plans()
        self.audit, self.audit_to_match = self._audits()
        self.rated, self.to_rate, self.item_draft = self._calibration_items()
        calibration = request_calibration(by=self.leader, now=timezone.now())
        run_calibration(job_id=calibration.pk, clock=timezone.now)

    def _exports(self) -> dict[str, Export]:
        """One that is ready though a packet failed, one that waits, one that was cancelled, one whose file is gone."""
        now = timezone.now()
        rows = [self.candidacy(name) for name in ("Mateus Oliveira", "Tobias Weber", "Noor Haddad")]
        made = {}
        for name, kinds in {
            "gone": [Packet.Kind.CANDIDATE_BRIEF],
            "cancelled": [Packet.Kind.CANDIDATE_BRIEF],
            "ready": [Packet.Kind.INTERVIEWER_KIT],
            "waiting": [Packet.Kind.CANDIDATE_BRIEF],
        }.items():
            export = packet_actions.request_export(
                candidacies=rows, kinds=kinds, recipients=None, paper="a4", form="zip", names_hidden=True,
                by=self.leader, now=now - dt.timedelta(minutes=1 if name == "waiting" else 0),
            )  # fmt: skip
            made[name] = export
            if name == "waiting":
                continue
            if name == "cancelled":
                packet_actions.cancel_export(export=export, by=self.leader, now=now)
            if name == "ready":
                lost = export.packets.order_by("-pk")[0]
                problem = "Goran Babić does not sit in this interview any more."
                Packet.objects.filter(pk=lost.pk).update(state=Packet.State.FAILED, problem=problem)
            for job in list(open_lots(export)):
                packet_actions.run_packets_job(job_id=job.pk, clock=timezone.now)
            export.refresh_from_db()
            if export.packing is not None:
                packet_actions.pack_export_job(job_id=export.packing.pk, clock=timezone.now)
        Export.objects.filter(pk=made["gone"].pk).update(expires_at=now - dt.timedelta(days=1))
        packet_actions.tidy_packets(now=now)
        return made

    def _mails(self) -> tuple[Packet, str, Job]:
        """A brief that went out as a private link and as an attachment, once refused; the link, and the last job."""
        brief = Packet.objects.filter(job=self.job_done, kind=Packet.Kind.CANDIDATE_BRIEF).order_by("pk")[0]
        kit = Packet.objects.filter(export=self.exports["ready"], state=Packet.State.DONE).order_by("pk")[0]
        link = ""
        for how, packets in (("link", [brief]), ("attachment", [brief, kit])):
            now = timezone.now()
            texts = {packet.kind: packet_queries.default_mail(packet.kind, how) for packet in packets}
            drafts = packet_queries.drafts_of(packets, texts)
            seen = packet_queries.preview(drafts, by=self.leader, now=now).fingerprint
            job = packet_actions.request_sendings(drafts=drafts, seen=seen, by=self.leader, now=now)
            if how == "attachment":
                Sending.objects.filter(job=job, packet=brief).update(address="before@mail.example")
            packet_actions.send_packets_job(job_id=job.pk, clock=timezone.now)
            if how == "link":
                link = re.findall(r"/p/\S+/", str(mail.outbox[-1].body))[0]
        return brief, link, job

    def _craft(self) -> tuple[dict[str, str], Assignment]:
        """Private links to a kit in each state, and one whose folder could not be prepared. Minting takes too long."""
        now = timezone.now()
        links = {}
        interviews = Interview.objects.filter(
            plan_station__version__station__kind=Station.Kind.AI_CRAFT, candidacy__state="active"
        ).exclude(candidacy__candidate__name="Mateus Oliveira")
        of = self.craft
        record = {"record": of.record, "minted_at": now, "size": of.size, "sha256": of.sha256, "state": "ready"}
        for name, interview in zip(
            ("ready", "received", "expired", "withdrawn", "failed"), interviews.order_by("pk"), strict=False
        ):
            made = craft_actions.assign_kit(
                interview=interview, kit=of.kit, expires_at=now + dt.timedelta(days=3), by=self.recruiter, now=now
            )
            if name == "failed":
                Job.objects.filter(pk=made.job_id).update(state=Job.State.FAILED, finished_at=now)
                return links, made
            Assignment.objects.filter(pk=made.pk).update(**record)
            Path(settings.CRAFT_DIR, made.file_name).write_bytes(Path(settings.CRAFT_DIR, of.file_name).read_bytes())
            made.refresh_from_db()
            links[name] = craft_actions.show_link(assignment=made, by=self.recruiter, now=now).removeprefix(
                settings.SITE_URL
            )
            if name in ("received", "expired"):
                token = links[name].rstrip("/").rpartition("/")[2]
                craft_actions.hand_in(token=token, archive=b"PK\x03\x04 the work", now=now)
            if name == "expired":
                Assignment.objects.filter(pk=made.pk).update(expires_at=now)
            if name == "withdrawn":
                craft_actions.withdraw_assignment(assignment=made, reason="By mistake.", by=self.recruiter, now=now)
        raise AssertionError("The demo has too few interviews of AI craft stations.")

    def _audits(self) -> tuple[LoopAudit, LoopAudit]:
        """The loop of 2014 for today's role: as our plan, matched already, and as Greenhouse has it, to be matched."""
        ours = start_audit_of_plan(
            role=self.role, plan=self.old_plan, most_changes=None, by=self.leader, now=timezone.now()
        )
        path = Path(__file__).parents[2] / "fixtures/demo/loops/greenhouse-job-stages.json"
        loop, source = parse(path.name, path.read_bytes())
        theirs = start_audit(role=self.role, loop=loop, source=source, most_changes=None, by=self.leader)
        return ours, theirs

    def _calibration_items(self) -> tuple[CalibrationItem, CalibrationItem, CalibrationItem]:
        """One item that several have rated, the interviewer and the leader among them, one to rate, and a draft."""
        now = timezone.now()
        path = Path(__file__).parents[2] / "fixtures/demo/calibration.yaml"
        first, second = yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
        made = []
        for one in (first, second, {**second, "title": "Mail desk, second candidate"}):
            version = Station.objects.get(slug=one["station"]).current
            made.append(
                save_calibration_item(
                    item=None, version=version, title=one["title"], material=one["material"], by=self.leader, now=now
                )
            )
        people = [self.leader, self.interviewer, *User.objects.filter(email__in=["goran@demo.example"]).order_by("pk")]
        for item in made[:2]:
            open_calibration_item(item=item, by=self.leader)
        for place, person in enumerate(dict.fromkeys(people)):
            entries = {
                asked.competency.pk: RatingEntry(level=3 - place % 2, no_evidence=False, evidence="The second state.")
                for asked in asked_of(item=made[0])
            }
            rate_calibration_item(item=made[0], entries=entries, by=person, now=now)
        return made[0], made[1], made[2]

    def _debriefs(self) -> None:
        """One that reads, one that votes (all but the interviewer have), one that discusses what somebody changed."""
        now = timezone.now()
        open_debrief(candidacy=self.candidacy("Amara Diallo"), by=self.leader, now=now)
        voting = self._voting("Tobias Weber", now)
        discussing = self._voting("Mateus Oliveira", now)
        for debrief in (voting, discussing):
            for vote in debrief.votes.filter(round=Vote.Round.FIRST).exclude(voter=self.interviewer).order_by("pk"):
                up = {"no": "yes", "yes": "strong_yes"}.get(vote.choice, vote.choice)
                reason = "" if up == vote.choice else "The replay log: the cause was found without a hint."
                cast_second_vote(debrief=debrief, choice=up, reason=reason, by=vote.voter, now=now)
        move_on(debrief=discussing, to=Debrief.Step.DISCUSSION, by=self.leader, now=now)

    def _voting(self, name: str, now: dt.datetime) -> Debrief:
        debrief = open_debrief(candidacy=self.candidacy(name), by=self.leader, now=now)
        return move_on(debrief=debrief, to=Debrief.Step.VOTING, by=self.leader, now=now)

    def _between_plans(self) -> Candidacy:
        """One candidate in the loop of 2014, one interview held and one to come, and a second plan of that role."""
        candidate = add_candidate(
            name="Mikkel Sand", email="mikkel.sand@mail.example", time_zone="Europe/Oslo", source="", accommodation="",
            by=self.recruiter,
        )  # fmt: skip
        now = timezone.now()
        candidacy = start_candidacy(candidate=candidate, role=self.old_role, by=self.recruiter, now=now)
        interviews = candidacy.interviews.select_related("plan_station__version").order_by("plan_station__position")
        for interview, days in zip(interviews, (-1, 2, 3), strict=False):
            at = (now + dt.timedelta(days=days)).replace(hour=7, minute=0)
            schedule_interview(interview=interview, starts_at=at, interviewers=[self.interviewer], by=self.recruiter)
        plan = copy_plan(plan=self.old_plan, by=self.leader)
        _, trivia, _, design, *_ = plan.plan_stations.select_related("version__station").order_by("position")
        remove_station(plan=plan, plan_station=trivia, exclude=True, by=self.leader)
        add_station(plan=plan, station=Station.objects.get(slug="fix-the-returns-desk"), by=self.leader)
        design.assessed.set(measure.competency for measure in design.version.measures.all()[:1])
        publish_plan(plan=plan, by=self.leader, now=now)
        must, other = self.old_role.requirements.order_by("pk")[:2]
        self.old_role.requirements.filter(pk=must.pk).update(bar=4, must_pass=True)
        self.old_role.requirements.filter(pk=other.pk).update(min_signals=2)
        return candidacy

    @staticmethod
    def candidacy(name: str) -> Candidacy:
        return Candidacy.objects.select_related("candidate").get(candidate__name=name)

    def debrief(self, name: str) -> str:
        return reverse("debrief", args=[self.candidacy(name).pk])

    def own_submitted(self) -> Interview:
        """An interview the interviewer has submitted a scorecard for, on a candidacy they owe nothing on."""
        return (
            Interview.objects.filter(scorecards__interviewer=self.interviewer, scorecards__state="submitted")
            .filter(candidacy__in=Candidacy.objects.open_to(self.interviewer).values("pk"))
            .order_by("pk")[0]
        )

    def of_leader(self) -> Iterator[Visit]:
        mateus = self.candidacy("Mateus Oliveira")
        lars = self.candidacy("Lars Eriksen")
        yuki = self.candidacy("Yuki Tanabe")
        craft = Station.objects.usable().filter(kind=Station.Kind.AI_CRAFT).order_by("slug")[0]
        yield Visit("home", reverse("home"))
        yield Visit("roles", reverse("roles"))
        yield Visit("role-new", reverse("role-new"))
        yield Visit("role", self.role.get_absolute_url())
        yield Visit("requirements", reverse("requirements", args=[self.role.pk]))
        yield Visit("role-panel", reverse("role-panel", args=[self.role.pk]))
        yield Visit("generate", reverse("generate", args=[self.role.pk]))
        yield Visit("generate-422", reverse("generate", args=[self.role.pk]), act=_ask_the_impossible)
        yield Visit("plan", self.plan.get_absolute_url())
        yield Visit("plan-2014", self.old_plan.get_absolute_url())
        yield Visit("plan-draft", self.draft.get_absolute_url())
        yield Visit("plan-formula", self.plan.get_absolute_url(), act=_open_formula)
        yield Visit("plan-more-limits", self.draft.get_absolute_url(), act=_open_all)
        yield Visit("plan-left-out", reverse("plan-left-out", args=[self.plan.pk]))
        yield Visit("plan-why-not", reverse("plan-why-not", args=[self.plan.pk, "algorithm-puzzle"]))
        yield Visit("plan-alternatives", reverse("plan-alternatives", args=[self.plan.pk]), act=_choose_a_point)
        yield Visit("plan-compare", reverse("plan-compare", args=[self.plan.pk]) + f"?with={self.old_plan.pk}")
        yield Visit("plan-what-if", reverse("plan-what-if", args=[self.plan.pk]))
        yield Visit("plan-what-if-none", reverse("plan-what-if", args=[self.plan.pk]) + "?candidate_minutes=60")
        yield Visit("plan-draft-422", self.draft.get_absolute_url(), act=_ask_the_impossible)
        yield Visit("audits", reverse("audits", args=[self.role.pk]))
        yield Visit("audits-none", reverse("audits", args=[self.old_role.pk]))
        yield Visit("audit-new", reverse("audit-new", args=[self.role.pk]))
        yield Visit("audit-new-faults", reverse("audit-new", args=[self.role.pk]), act=_audit_a_faulty_loop)
        yield Visit("audit-match", reverse("audit-match", args=[self.audit_to_match.pk]))
        yield Visit("audit", self.audit.get_absolute_url())
        yield Visit("candidates", reverse("candidates"))
        yield Visit("candidates-none", reverse("candidates") + "?q=nobody-by-that-name")
        yield Visit("candidate-new", reverse("candidate-new"))
        yield Visit("candidate-import", reverse("candidate-import"))
        yield Visit("candidate-import-faults", reverse("candidate-import"), act=_import_faulty_rows)
        yield Visit("candidate", mateus.candidate.get_absolute_url())
        yield Visit("candidacies", reverse("candidacies"))
        yield Visit("candidacies-all", reverse("candidacies") + "?state=all")
        yield Visit("candidacy-unscheduled", lars.get_absolute_url(), act=_open_schedule)
        yield Visit("candidacy-taken", lars.get_absolute_url(), act=_schedule_nonsense)
        yield Visit("candidacy", yuki.get_absolute_url())
        yield Visit("candidacy-between-plans", self.between_plans.get_absolute_url())
        yield Visit("candidacy-move", reverse("candidacy-move", args=[self.between_plans.pk]))
        yield Visit("candidacy-move-none", reverse("candidacy-move", args=[mateus.pk]))
        yield Visit(
            "candidacy-move-409", reverse("candidacy-move", args=[self.between_plans.pk]), act=_confirm_too_late
        )
        enter_for = reverse("interview-enter-for", args=[self.owed.pk, self.seat_owed.pk])
        yield Visit("interview-enter-for", enter_for)
        yield Visit("interview-enter-for-422", enter_for, act=_enter_nothing)
        yield Visit("candidacy-decided", self.candidacy("Noor Haddad").get_absolute_url())
        yield Visit("interviews", reverse("interviews"))
        yield Visit("interview", self.owed.get_absolute_url())
        yield Visit("debrief-must-pass", self.debrief("Mateus Oliveira"), act=_open_all)
        yield Visit("debrief-discussion-422", self.debrief("Mateus Oliveira"), act=_decide_without_dissent)
        yield Visit("debrief-evidence", self.debrief("Mateus Oliveira"), act=_open_evidence)
        yield Visit("debrief-split-voting", self.debrief("Tobias Weber"))
        yield Visit("debrief-reading-formula", self.debrief("Tobias Weber"), act=_open_reading)
        yield Visit("debrief-gap-reading", self.debrief("Amara Diallo"))
        yield Visit("debrief-owing", self.debrief("Yuki Tanabe"))
        yield Visit("debrief-empty", self.debrief("Lars Eriksen"))
        yield Visit("debrief-decided", self.debrief("Noor Haddad"))
        yield Visit("scorecards", reverse("scorecards"))
        yield Visit("calibration-items", reverse("calibration-items"))
        yield Visit("calibration-item", self.rated.get_absolute_url(), act=_open_all)
        yield Visit("calibration-item-new", reverse("calibration-item-new"))
        yield Visit("calibration-item-draft", self.item_draft.get_absolute_url())
        yield Visit("calibration-editor", reverse("calibration-item-edit", args=[self.item_draft.pk]))
        yield Visit("calibration", reverse("calibration"))
        yield Visit("calibration-of-one", reverse("interviewer-calibration", args=[self.interviewer.pk]))
        yield Visit("profile", reverse("me"))
        yield Visit("stations", reverse("stations"))
        yield Visit("station-ai-craft", craft.get_absolute_url(), act=_open_all)
        yield Visit("station", reverse("station", args=["algorithm-puzzle"]))
        yield Visit("station-new", reverse("station-new"))
        yield Visit("station-editor", reverse("station-edit", args=["algorithm-puzzle"]))
        yield Visit("station-editor-preview", reverse("station-edit", args=["trivia-screen"]), act=_preview)
        yield Visit("station-editor-422", reverse("station-edit", args=["algorithm-puzzle"]), act=_save_bad_station)
        yield Visit("station-editor-409", reverse("station-edit", args=["react-depth"]), act=_save_station_in_two_tabs)
        yield Visit("review-queue", reverse("review-queue"))
        yield Visit("station-review", reverse("station-review", args=[craft.slug]))
        yield Visit("rubric-editor", reverse("rubric-edit", args=["llm-craft"]))
        yield Visit("rubric-editor-warnings", reverse("rubric-edit", args=["llm-craft"]), act=_preview_a_bad_rubric)
        yield Visit("competencies", reverse("competencies"))
        yield Visit("competency", reverse("competency", args=["llm-craft"]))
        yield Visit("search", reverse("search") + "?q=a")
        yield Visit("search-none", reverse("search") + "?q=nothing-by-that-name")
        yield Visit("packets", reverse("packets"))
        yield Visit("packets-bulk", reverse("packets-bulk"))
        yield Visit("packets-bulk-422", reverse("packets-bulk") + "?state=all", act=_ask_for_packets_of_nobody)
        yield Visit("packets-bulk-none", reverse("packets-bulk") + "?q=nobody-by-that-name")
        for name, export in self.exports.items():
            yield Visit(f"export-{name}", reverse("export", args=[export.pk]))
        yield Visit("packet-request", reverse("packet-request", args=[mateus.pk]))
        yield Visit("packet-request-422", reverse("packet-request", args=[mateus.pk]), act=_ask_for_no_packet)
        yield Visit("packet", reverse("packet", args=[self.mailed.pk]))
        yield Visit("packet-unsent", reverse("packet", args=[self.gone.pk]))
        yield Visit("packets-send-choose", reverse("packets-send-choose"))
        ready = Packet.objects.visible_to(self.leader).filter(candidacy=mateus).order_by("pk")
        several = "&".join(f"packet={packet.pk}" for packet in ready)
        yield Visit("packets-send", f"{reverse('packets-send')}?packet={self.mailed.pk}")
        yield Visit("packets-send-several", f"{reverse('packets-send')}?{several}")
        yield Visit("packets-send-422", f"{reverse('packets-send')}?{several}", act=_write_an_unknown_placeholder)
        yield Visit("packets-send-409", f"{reverse('packets-send')}?packet={self.mailed.pk}", act=_send_unseen)
        yield Visit("job-of-mails", reverse("job", args=[self.job_of_mails.pk]))
        yield Visit("kits", reverse("kits"))
        yield Visit("kit", reverse("kit", args=[self.craft.kit]), act=_open_all)
        yield Visit("kit-run-422", reverse("kit", args=[self.craft.kit]), act=_log_an_impossible_run)
        yield Visit("kit-runs-import", reverse("kit-runs-import", args=[self.craft.kit]))
        yield Visit("kit-runs-import-422", reverse("kit-runs-import", args=[self.craft.kit]), act=_import_faulty_runs)
        yield Visit("craft-interview", reverse("craft-interview", args=[self.craft.interview_id]), act=_open_all)
        yield Visit("craft-interview-failed", reverse("craft-interview", args=[self.craft_unready.interview_id]))
        yield Visit("craft-interview-none", reverse("craft-interview", args=[self.unassigned().pk]))
        yield Visit("craft-result", self.craft.get_absolute_url(), act=_open_all)
        yield Visit("craft-guide", reverse("craft-guide", args=[self.craft.pk]))
        yield Visit("packet-gone", reverse("packet-download", args=[self.gone.pk]), status=410)
        yield Visit("job", reverse("job", args=[self.job_done.pk]))
        yield Visit("job-waiting", reverse("job", args=[self.job_waiting.pk]))
        yield Visit("404", "/roles/999999/", status=404)

    def unassigned(self) -> Interview:
        """The last interview of an AI craft station that has no kit."""
        craft = Interview.objects.filter(plan_station__version__station__kind=Station.Kind.AI_CRAFT)
        return craft.filter(candidacy__state="active", craft_assignments=None).order_by("-pk")[0]

    def of_recruiter(self) -> Iterator[Visit]:
        mateus = self.candidacy("Mateus Oliveira")
        yield Visit("home", reverse("home"))
        yield Visit("roles", reverse("roles"))
        yield Visit("role", self.role.get_absolute_url())
        yield Visit("plan", self.plan.get_absolute_url())
        yield Visit("candidates", reverse("candidates"))
        yield Visit("candidate", mateus.candidate.get_absolute_url())
        yield Visit("candidacy", self.candidacy("Yuki Tanabe").get_absolute_url())
        yield Visit("interviews", reverse("interviews"))
        yield Visit("debrief", self.debrief("Mateus Oliveira"))
        yield Visit("scorecards", reverse("scorecards") + "?days=90")
        yield Visit("packets", reverse("packets"))
        yield Visit("403", reverse("role-new"), status=403)

    def of_interviewer(self) -> Iterator[Visit]:
        scorecard = self.owed.get_absolute_url()
        submitted = self.own_submitted()
        yield Visit("home", reverse("home"))
        yield Visit("interviews", reverse("interviews"))
        yield Visit("calibration-items", reverse("calibration-items"))
        yield Visit("calibration-item", self.rated.get_absolute_url())
        yield Visit("calibration-own", reverse("interviewer-calibration", args=[self.interviewer.pk]))
        yield Visit("calibration-rating", self.to_rate.get_absolute_url())
        yield Visit("calibration-rating-422", self.to_rate.get_absolute_url(), act=_rate_incomplete)
        yield Visit("profile", reverse("me"))
        yield Visit("profile-refused", reverse("me"), act=_set_too_long_quiet_hours)
        yield Visit("password", reverse("my-password"))
        yield Visit("scorecard", scorecard)
        yield Visit("scorecard-incomplete", scorecard, act=_submit_incomplete)
        yield Visit("scorecard-extremes", scorecard, act=_submit_extremes)
        yield Visit("scorecard-sheet", f"{scorecard}sheet/")
        yield Visit("scorecard-sheet-422", f"{scorecard}sheet/", act=_upload_a_faulty_sheet)
        yield Visit("scorecard-submitted", submitted.get_absolute_url())
        card = submitted.scorecards.current().get(interviewer=self.interviewer)
        yield Visit("scorecard-amend", reverse("scorecard-amend", args=[card.pk]))
        yield Visit("scorecard-stale-409", scorecard, act=_save_in_two_tabs)
        yield Visit("debrief-closed", self.debrief("Yuki Tanabe"), status=403)
        yield Visit("debrief-vote", self.debrief("Tobias Weber"))
        yield Visit("debrief-vote-422", self.debrief("Tobias Weber"), act=_vote_without_reason)
        yield Visit("debrief-open", reverse("debrief", args=[submitted.candidacy_id]))
        yield Visit("roles", reverse("roles"))
        yield Visit("role", self.role.get_absolute_url())
        yield Visit("plan", self.plan.get_absolute_url())
        yield Visit("audit", self.audit.get_absolute_url())
        yield Visit("audit-waiting", self.audit_to_match.get_absolute_url())
        yield Visit("candidates", reverse("candidates"))
        yield Visit("candidate", self.candidacy("Yuki Tanabe").candidate.get_absolute_url())
        yield Visit("candidacies", reverse("candidacies"))
        yield Visit("candidacy", self.candidacy("Yuki Tanabe").get_absolute_url())
        yield Visit("packets", reverse("packets"))
        yield Visit("job", reverse("job", args=[self.job_of_interviewer.pk]))
        yield Visit("403", reverse("candidate-new"), status=403)
        # The last one, for from then on nothing is owed any more.
        yield Visit("scorecard-twice-409", scorecard, act=_submit_in_two_tabs)

    def of_outsider(self) -> Iterator[Visit]:
        yield Visit("home", reverse("home"))
        yield Visit("403", reverse("roles"), status=403)

    def of_nobody(self) -> Iterator[Visit]:
        yield Visit("private-link", self.private)
        for name, link in self.craft_links.items():
            yield Visit(f"craft-private-{name}", link)
        yield Visit("craft-private-422", self.craft_links["received"], act=_hand_in_no_zip)
        yield Visit("private-link-closed", reverse("private-link", args=["nothing"]), status=404)
        yield Visit("sign-in", reverse("login"))
        yield Visit("sign-in-refused", reverse("login"), act=_sign_in_wrongly)


def _ask_the_impossible(page: Page) -> None:
    page.get_by_label("Candidate minutes").fill("15")
    page.get_by_role("button", name="Generate").last.click()
    expect(page.get_by_text("No loop keeps every rule")).to_be_visible()


def _open_formula(page: Page) -> None:
    page.get_by_role("button", name="how LLM craft is measured").click()
    expect(page.get_by_role("heading", name="LLM craft")).to_be_visible()


def _open_reading(page: Page) -> None:
    """How sure one competency is, opened into how it was computed."""
    page.locator(".reading-rows .opens[popovertarget^='f-position']").first.click()
    page.wait_for_selector("[popover]:popover-open")


def _open_evidence(page: Page) -> None:
    page.locator(".opens-level").first.click()
    expect(page.get_by_role("button", name="Close")).to_be_visible()


def _decide_without_dissent(page: Page) -> None:
    page.get_by_label("No offer").check()
    page.get_by_label("Reasons").fill("Production AI ops stays below the bar.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("Say in a sentence what they saw").first).to_be_visible()


def _ask_for_packets_of_nobody(page: Page) -> None:
    page.get_by_label("Candidate brief").check()
    page.get_by_role("button", name="Make packets").click()
    expect(page.get_by_text("Choose at least one candidate.")).to_be_visible()


def _log_an_impossible_run(page: Page) -> None:
    _open_all(page)
    page.get_by_label("Assistant").fill("Assistant A")
    page.get_by_label("Gain").fill("7")
    page.get_by_role("button", name="Log the run").click()
    expect(page.get_by_text("less than or equal to 1.2")).to_be_visible()


def _import_faulty_runs(page: Page) -> None:
    page.get_by_label("or paste the rows").fill("assistant,gain,minutes,on\nA,much,5,2026-06-01\n")
    page.get_by_role("button", name="Check and import").click()
    expect(page.get_by_text("Line 2").first).to_be_visible()


def _hand_in_no_zip(page: Page) -> None:
    page.get_by_label("The zip file").set_input_files(
        {"name": "work.zip", "mimeType": "application/zip", "buffer": b"no"}
    )
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("This is no zip file.")).to_be_visible()


def _write_an_unknown_placeholder(page: Page) -> None:
    page.get_by_label("Subject").first.fill("Hello {name}")
    page.get_by_role("button", name="Preview again").click()
    expect(page.get_by_text("There is no placeholder {name}.").first).to_be_visible()


def _send_unseen(page: Page) -> None:
    page.get_by_label("Subject").first.fill("Hello {reader}")
    page.get_by_role("button", name="Send 1 mail").click()
    expect(page.get_by_text("What would go is not what the last preview showed.")).to_be_visible()


def _vote_without_reason(page: Page) -> None:
    first = page.locator("#debrief-own-vote .form-text").first.inner_text()
    page.get_by_label("Strong no" if "Strong yes" in first else "Strong yes", exact=True).check()
    page.get_by_role("button", name="Cast my second vote").click()
    expect(page.get_by_text("Say what changed your mind.")).to_be_visible()


def _choose_a_point(page: Page) -> None:
    page.get_by_role("link", name="The best loop within").first.click()
    expect(page.get_by_role("heading", name="The best loop within")).to_be_visible()


def _import_faulty_rows(page: Page) -> None:
    page.get_by_label("or paste the rows").fill("name,email\nNo Address,\n,nobody@mail.example\n")
    page.get_by_role("button", name="Check and import").click()
    expect(page.get_by_text("Line 2").first).to_be_visible()


def _audit_a_faulty_loop(page: Page) -> None:
    page.get_by_label("or paste it").fill("name,minutes\nLeetCode,soon\n")
    page.get_by_role("button", name="Match it to the library").click()
    expect(page.get_by_text("Line 2: minutes must be a whole number")).to_be_visible()


def _open_schedule(page: Page) -> None:
    page.get_by_text("Schedule", exact=True).first.click()


def _schedule_nonsense(page: Page) -> None:
    _open_schedule(page)
    page.get_by_label("Begins").first.fill("0001-01-01T10:00")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("That year cannot be right.")).to_be_visible()


def _confirm_too_late(page: Page) -> None:
    """The list carries another fingerprint than the one that would happen."""
    page.locator("input[name=seen]").evaluate("(field) => { field.value = 'of another list'; }")
    page.get_by_role("button", name="Move to plan").click()
    expect(page.get_by_text("Something changed since you read the list")).to_be_visible()


def _preview(page: Page) -> None:
    page.get_by_role("button", name="Preview and check").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()


def _save_bad_station(page: Page) -> None:
    page.get_by_label("Minutes with the candidate").fill("5")
    page.get_by_label("Purpose").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("things to put right")).to_be_visible()


def _save_station_in_two_tabs(page: Page) -> None:
    other = _another_tab(page)
    other.get_by_label("Purpose").fill("Changed in the other tab.")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("Saved as version")).to_be_visible()
    other.close()
    page.get_by_label("Purpose").fill("Changed in this tab.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("while you were editing")).to_be_visible()


def _preview_a_bad_rubric(page: Page) -> None:
    bad = "Strong communication skills\nUnderstands caching\nWorks well with others"
    page.get_by_label("Anchors of level 4").fill(bad)
    page.get_by_role("button", name="Preview and check").click()
    expect(page.get_by_text("Nothing is published yet.")).to_be_visible()


def _open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def _ask_for_no_packet(page: Page) -> None:
    page.get_by_role("button", name="Make packets").click()
    expect(page.get_by_text("Choose at least one kind of packet.").first).to_be_visible()


def _enter_nothing(page: Page) -> None:
    page.get_by_role("button", name="Submit for").click()
    expect(page.get_by_text("Nothing you typed is lost.")).to_be_visible()


def _submit_incomplete(page: Page) -> None:
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Nothing you typed is lost.")).to_be_visible()


def _submit_extremes(page: Page) -> None:
    for row in page.locator("[data-rate]").all():
        row.locator(".choice").first.click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("level 1 and 4 need what you saw").first).to_be_visible()


def _upload_a_faulty_sheet(page: Page) -> None:
    number = page.url.rstrip("/").split("/")[-2]
    page.get_by_label("or paste its text").fill(f"interview: {number}\nrevision: 0\nrecommendation: maybe\n")
    page.get_by_role("button", name="Fill my draft").click()
    expect(page.get_by_text("Line 3: recommendation must be")).to_be_visible()


def _rate_incomplete(page: Page) -> None:
    page.get_by_role("button", name="Give these levels").click()
    expect(page.get_by_text("Nothing you typed is lost.")).to_be_visible()


def _set_too_long_quiet_hours(page: Page) -> None:
    page.get_by_label("No mail from").fill("08:00")
    page.get_by_label("until").fill("07:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Leave at least an hour a day")).to_be_visible()


def _save_in_two_tabs(page: Page) -> None:
    other = _another_tab(page)
    _evidence(other).fill("Written in the other tab.")
    other.get_by_role("button", name="Save draft").click()
    expect(other.get_by_text("Draft saved.")).to_be_visible()
    other.close()
    _evidence(page).fill("Written in this tab.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Saved in another tab meanwhile")).to_be_visible()


def _submit_in_two_tabs(page: Page) -> None:
    other = _another_tab(page)
    for row in other.locator("[data-rate]").all():
        row.locator(".choice").nth(2).click()
    other.get_by_label("Yes", exact=True).check()
    other.get_by_role("button", name="Submit").click()
    expect(other.get_by_text("Submitted. It is fixed now.")).to_be_visible()
    other.close()
    _evidence(page).fill("Written too late.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("This scorecard was submitted already")).to_be_visible()


def _evidence(page: Page) -> Locator:
    return page.locator("[data-rate] textarea").first


def _another_tab(page: Page) -> Page:
    other = page.context.new_page()
    other.goto(page.url)
    return other


def _sign_in_wrongly(page: Page) -> None:
    page.get_by_label("E-mail address").fill("ada@demo.example")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not belong together")).to_be_visible()


def of_person(demo: Demo, who: str) -> tuple[Any, list[Visit]]:
    """Who reads (None: nobody has signed in), and the pages to look at."""
    person = None if who == "nobody" else getattr(demo, who)
    return person, list(getattr(demo, f"of_{who}")())
