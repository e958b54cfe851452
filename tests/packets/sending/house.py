"""A house full of people, and what they send each other."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.common.actions import request_job
from apps.common.models import Job
from apps.interviews.models import Candidacy, Scorecard, Seat
from apps.packets import actions
from apps.packets.models import Packet, Sending
from tests.bad_input.pages import words
from tests.packets.conftest import make_person

KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
DECISION, COPY = Packet.Kind.DECISION_RECORD, Packet.Kind.SUBJECT_ACCESS
LINK, FILE = Sending.How.LINK, Sending.How.ATTACHMENT
SENT, REFUSED, FAILED = Sending.State.SENT, Sending.State.REFUSED, Sending.State.FAILED
MakeCandidacy = Callable[..., Candidacy]
Submit = Callable[..., Scorecard]


class House:
    """A candidacy in which Sara has written and Ivo owes, one packet of each kind made by Rita, and many people."""

    def __init__(self, candidacy: Candidacy, folder: Path, rita: User, ivo: User, sara: User) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.candidacy, self.rita, self.ivo, self.sara = folder, candidacy, rita, ivo, sara
        self.of_ivo, self.of_sara = candidacy.interviews.order_by("pk")
        self.ron = make_person("Ron Recruiter", Kind.RECRUITER)
        self.lena = make_person("Lea Leader", Kind.LEADER)
        self.adam = make_person("Adam Administrator", Kind.ADMINISTRATOR)
        self.gus = make_person("Gus Elsewhere", Kind.INTERVIEWER)
        self.otto = make_person("Otto Outsider")
        self.gone = make_person("Gwen Gone", Kind.RECRUITER)
        User.objects.filter(pk=self.gone.pk).update(is_active=False)
        self.seated_leader = make_person("Sam Seated", Kind.LEADER, Kind.INTERVIEWER)
        Seat.objects.create(interview=self.of_sara, interviewer=self.seated_leader)
        self.packets = {kind: self.made(kind) for kind in Packet.Kind}

    def made(self, kind: str, candidacy: Candidacy | None = None, by: User | None = None, **values: Any) -> Packet:
        """A packet with a file, as a worker leaves it."""
        now = timezone.now()
        candidacy = candidacy or self.candidacy
        job = Job.objects.create(
            task="t", title="t", requested_by=self.rita, requested_at=now, state="done", finished_at=now
        )
        data = f"%PDF {kind} of {candidacy.candidate.name}".encode()
        if kind == KIT:
            values.setdefault("interview", candidacy.interviews.order_by("pk")[0])
            values.setdefault("reader", self.ivo)
        packet = Packet.objects.create(
            kind=kind, candidacy=candidacy, job=job, requested_by=by or self.rita, state="done", made_at=now, pages=2,
            size=len(data), sha256=hashlib.sha256(data).hexdigest(), **values,
        )  # fmt: skip
        (self.folder / packet.file_name).write_bytes(data)
        return packet

    @property
    def people(self) -> dict[str, User | None]:
        return {
            "the candidate": None, "ivo": self.ivo, "sara": self.sara, "rita": self.rita, "ron": self.ron,
            "lena": self.lena, "adam": self.adam, "gus": self.gus, "otto": self.otto, "gone": self.gone,
            "seated leader": self.seated_leader,
        }  # fmt: skip


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def asked_for(*mails: tuple[Packet, User | None, str], by: User, body: str = "Hello {reader}") -> Job:
    """Rows as a request leaves them, whoever they are for: the worker is the one who has to say no."""
    job = request_job(
        task="apps.packets.tasks.send_packets", title="t", steps_total=len(mails), by=by, now=timezone.now()
    )
    for packet, to, how in mails:
        address = to.email if to else packet.candidacy.candidate.email
        Sending.objects.create(
            packet=packet, job=job, how=how, to_person=to, address=address, subject="For {reader}",
            body=f"{body} {'{link}' if how == LINK else ''}", requested_by=by,
        )  # fmt: skip
    return job


def run(job: Job) -> Job:
    mail.outbox.clear()
    ended = actions.send_packets_job(job_id=job.pk, clock=timezone.now)
    assert ended is not None
    return ended


def address_of(*packets: Packet) -> str:
    return reverse("packets-send") + "?" + "&".join(f"packet={packet.pk}" for packet in packets)


def filled_in(page: Any, **changes: Any) -> dict[str, Any]:
    """The form as it stands on the page, with changes: `body="..."` for every kind of packet on it."""
    data: dict[str, Any] = {"seen": ""}
    for form in page.context["forms"]:
        for name in ("how", "subject", "body"):
            data[form.add_prefix(name)] = changes.get(name, form[name].value())
        if "people" in form.fields:
            data[form.add_prefix("people")] = changes.get("people", form["people"].value() or [])
    if page.context["preview"] is not None:
        data["seen"] = page.context["preview"].fingerprint
    return data


def send(client: Client, *packets: Packet, **changes: Any) -> Any:
    """Look at the preview as somebody would, then press the button. Returns the answer to that."""
    page = client.get(address_of(*packets))
    page = client.post(address_of(*packets), filled_in(page, **changes) | {"preview": "yes"})
    assert page.status_code == 200, words(page)
    return client.post(address_of(*packets), filled_in(page, **changes) | {"send": "yes"})


def sent_by_page(client: Client, *packets: Packet, **changes: Any) -> Job:
    answer = send(client, *packets, **changes)
    assert answer.status_code == 302, words(answer)
    return run(Job.objects.latest("pk"))


def link_in(message: Any) -> str:
    (found,) = re.findall(r"http://\S+(/p/\S+/)", message.body)
    return found


def downloaded(address: str) -> bytes | None:
    answer = Client(enforce_csrf_checks=True).post(address, headers={"origin": "null"})
    if not answer.streaming:
        assert answer.status_code == 404
        return None
    return b"".join(answer.streaming_content)
