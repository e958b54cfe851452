"""Packets by their pages: who may open what, and what a page says."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import Job
from apps.interviews.models import Candidacy, Seat
from apps.packets import actions
from apps.packets.models import Packet
from tests.packets.samples import NOW

pytestmark = pytest.mark.django_db
KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
MakeCandidacy = Callable[..., Candidacy]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make(candidacy: Candidacy, by: User, *kinds: str, run: bool = True) -> Job:
    job = actions.request_packets(candidacies=[candidacy], kinds=kinds, by=by, now=timezone.now())
    if run:
        actions.run_packets_job(job_id=job.pk, clock=timezone.now)
    return job


def body(response: Any) -> str:
    return response.content.decode()


def content(response: Any) -> bytes:
    """Read to the end, which closes the file as well."""
    return b"".join(response.streaming_content) if response.streaming else response.content


# ------------------------------------------------------------------------------------------------ asking


def test_asking_leads_to_the_jobs_page_which_polls_until_the_end(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    client = signed_in(packet_recruiter)
    answer = client.post(reverse("packet-request", args=[packet_candidacy().pk]), {"kinds": [BRIEF]})
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    waiting = body(client.get(answer.url))
    assert 'hx-trigger="every 1s"' in waiting
    assert "<progress" in waiting
    assert "Look again" in waiting
    actions.run_packets_job(job_id=job.pk, clock=timezone.now)
    part = body(client.get(answer.url, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "Finished." in part
    assert reverse("packet-download", args=[job.packets.get().pk]) in part


def test_asking_for_nothing_says_so_on_the_form(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    answer = signed_in(packet_recruiter).post(reverse("packet-request", args=[packet_candidacy().pk]), {})
    assert answer.status_code == 422
    assert "Choose at least one kind of packet." in body(answer)


def test_asking_for_kits_nobody_needs_says_what_to_do(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    url = reverse("packet-request", args=[packet_candidacy(with_seats=False).pk])
    assert "Assign interviewers" in body(signed_in(packet_recruiter).post(url, {"kinds": [KIT]}))


def test_the_form_offers_no_debrief_to_who_owes_a_scorecard(packet_candidacy: MakeCandidacy, packet_leader: User):
    candidacy = packet_candidacy()
    url = reverse("packet-request", args=[candidacy.pk])
    client = signed_in(packet_leader)
    assert f'value="{DEBRIEF}"' in body(client.get(url))
    Seat.objects.create(interview=candidacy.interviews.order_by("pk")[0], interviewer=packet_leader)
    page = body(client.get(url))
    assert f'value="{DEBRIEF}"' not in page
    assert "once you have submitted" in page
    assert client.post(url, {"kinds": [DEBRIEF]}).status_code == 422


def test_an_interviewer_may_not_ask_for_packets_but_for_their_own_kit(
    packet_candidacy: MakeCandidacy, packet_interviewer: User, packet_second: User, packet_outsider: User
):
    candidacy = packet_candidacy()
    interview = candidacy.interviews.order_by("pk")[0]
    client = signed_in(packet_interviewer)
    assert client.post(reverse("packet-request", args=[candidacy.pk]), {"kinds": [BRIEF]}).status_code == 403
    assert client.get(reverse("packets-bulk")).status_code == 403
    url = reverse("packet-own-kit", args=[interview.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert Packet.objects.get().reader == packet_interviewer
    assert signed_in(packet_second).post(url).status_code == 404
    assert signed_in(packet_outsider).post(url).status_code == 404


def test_bulk_makes_packets_for_several_candidates(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    first, second = packet_candidacy("One"), packet_candidacy("Two")
    client = signed_in(packet_recruiter)
    page = body(client.get(reverse("packets-bulk"), {"candidacies": [second.pk]}))
    assert f'name="candidacies" value="{second.pk}" checked' in page
    assert page.count('name="candidacies"') == 2
    client.post(reverse("packets-bulk"), {"kinds": [KIT, BRIEF], "candidacies": [first.pk, second.pk]})
    assert Packet.objects.filter(export__isnull=False).count() == 6
    assert client.post(reverse("packets-bulk"), {"kinds": [KIT]}).status_code == 422


# ------------------------------------------------------------------------------------------------ job page


def test_job_page_says_when_no_worker_takes_the_work_up(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    job = make(packet_candidacy(), packet_recruiter, BRIEF, run=False)
    client = signed_in(packet_recruiter)
    assert "Waiting for the worker" not in body(client.get(reverse("job", args=[job.pk])))
    Job.objects.update(requested_at=timezone.now() - dt.timedelta(seconds=16))
    assert "Waiting for the worker" in body(client.get(reverse("job", args=[job.pk])))


def test_job_page_says_when_its_worker_is_silent(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    job = make(packet_candidacy(), packet_recruiter, BRIEF, run=False)
    Job.objects.update(
        state="running",
        claim="0b0b0b0b-0000-4000-8000-000000000000",
        heartbeat_at=timezone.now() - dt.timedelta(minutes=1),
    )
    assert "The worker has not answered" in body(signed_in(packet_recruiter).get(reverse("job", args=[job.pk])))


def test_job_page_is_its_owners_only(packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User):
    job = make(packet_candidacy(), packet_recruiter, BRIEF)
    assert signed_in(packet_leader).get(reverse("job", args=[job.pk])).status_code == 404


def test_a_packet_of_a_job_that_was_given_up_is_not_waiting_any_more(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    make(packet_candidacy(), packet_recruiter, BRIEF, run=False)
    Job.objects.update(state="failed", finished_at=NOW, message="Given up after 5 attempts. Ask for it again.")
    assert "Not made: the work was given up. Ask for it again." in body(
        signed_in(packet_recruiter).get(reverse("packets"))
    )


def test_download_gives_the_file_with_a_readable_name(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    packet = make(packet_candidacy("Zoë O'Neil/../x\r\n"), packet_recruiter, BRIEF).packets.get()
    answer = signed_in(packet_recruiter).get(reverse("packet-download", args=[packet.pk]))
    assert content(answer) == (packet_folder / packet.file_name).read_bytes()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Candidate-brief_Zo%C3%AB-O-Neil-x.pdf"


def test_download_is_for_who_may_see_the_packet(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_second: User,
    packet_outsider: User,
):  # fmt: skip
    job = make(packet_candidacy(), packet_recruiter, KIT, BRIEF, DEBRIEF)
    reader = {packet.reader_id: packet for packet in job.packets.filter(kind=KIT)}
    brief, debrief = job.packets.get(kind=BRIEF), job.packets.get(kind=DEBRIEF)

    def status(user: User, packet: Packet) -> int:
        answer = signed_in(user).get(reverse("packet-download", args=[packet.pk]))
        content(answer)
        return answer.status_code

    assert status(packet_recruiter, debrief) == 200
    assert status(packet_interviewer, reader[packet_interviewer.pk]) == 200
    assert status(packet_second, reader[packet_interviewer.pk]) == 404
    assert status(packet_interviewer, brief) == 404
    assert status(packet_interviewer, debrief) == 404
    assert {status(packet_outsider, packet) for packet in job.packets.all()} == {404}
    assert Client().get(reverse("packet-download", args=[brief.pk])).status_code == 302


def test_download_of_a_kit_ends_with_the_seat(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User
):
    candidacy = packet_candidacy()
    first, second = candidacy.interviews.order_by("pk")
    Seat.objects.create(interview=second, interviewer=packet_interviewer)
    kit = make(candidacy, packet_recruiter, KIT).packets.get(interview=first, reader=packet_interviewer)
    client, url = signed_in(packet_interviewer), reverse("packet-download", args=[kit.pk])
    assert content(client.get(url)).startswith(b"%PDF")
    Seat.objects.filter(interview=first, interviewer=packet_interviewer).update(state="excused", excused_reason="ill")
    assert client.get(url).status_code == 404
    assert not Packet.objects.visible_to(packet_interviewer).filter(pk=kit.pk).exists()


def test_download_of_a_debrief_opens_to_an_interviewer_with_their_submission(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_submit: Any
):
    candidacy = packet_candidacy()
    debrief = make(candidacy, packet_recruiter, DEBRIEF).packets.get()
    url = reverse("packet-download", args=[debrief.pk])
    client = signed_in(packet_interviewer)
    assert client.get(url).status_code == 404
    packet_submit(candidacy.interviews.order_by("pk")[0], packet_interviewer)
    assert content(client.get(url)).startswith(b"%PDF")


def test_download_of_what_is_not_made_yet_is_not_there(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    packet = make(packet_candidacy(), packet_recruiter, BRIEF, run=False).packets.get()
    assert signed_in(packet_recruiter).get(reverse("packet-download", args=[packet.pk])).status_code == 404


def test_download_of_a_file_that_is_gone_says_how_to_get_it_again(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    packet = make(packet_candidacy(), packet_recruiter, BRIEF).packets.get()
    (packet_folder / packet.file_name).unlink()
    answer = signed_in(packet_recruiter).get(reverse("packet-download", args=[packet.pk]))
    assert answer.status_code == 410
    assert "Make it again" in body(answer)


def test_list_takes_the_same_number_of_queries_for_one_and_three_packets(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    client = signed_in(packet_recruiter)
    make(packet_candidacy("One"), packet_recruiter, BRIEF)
    client.get(reverse("packets"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("packets"))
    make(packet_candidacy("Two"), packet_recruiter, KIT)
    with CaptureQueriesContext(connection) as three:
        page = client.get(reverse("packets"))
    assert len(page.context["packets"].lines) == 3
    assert len(one) == len(three)


def test_list_shows_each_reader_only_their_own(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User, packet_outsider: User
):
    make(packet_candidacy(), packet_recruiter, KIT, BRIEF, DEBRIEF)
    page = signed_in(packet_interviewer).get(reverse("packets"))
    assert [line.packet.kind for line in page.context["packets"].lines] == [KIT]
    assert "OPEN agent, for Ivo Interviewer" in body(page)
    assert "No packet here yet." in body(signed_in(packet_outsider).get(reverse("packets")))
    of_kind = signed_in(packet_recruiter).get(reverse("packets"), {"kind": KIT})
    assert len(of_kind.context["packets"].lines) == 2


def test_pages_hold_no_inline_script_or_style(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    job = make(packet_candidacy(), packet_recruiter, BRIEF)
    client = signed_in(packet_recruiter)
    for url in (reverse("packets"), reverse("packets-bulk"), reverse("job", args=[job.pk])):
        page = body(client.get(url))
        assert " style=" not in page
        assert "onclick" not in page


def test_candidacy_shows_the_newest_packet_of_each_kind_and_reader(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    candidacy = packet_candidacy()
    make(candidacy, packet_recruiter, KIT, BRIEF, run=False)
    newest = make(candidacy, packet_recruiter, KIT, BRIEF)
    page = signed_in(packet_recruiter).get(reverse("packet-request", args=[candidacy.pk]))
    assert [line.packet for line in page.context["packets"].lines] == list(newest.packets.order_by("id"))


def test_packets_show_on_the_candidacys_own_page_by_the_template_tag(
    rf: Any, packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_interviewer: User
):
    candidacy = packet_candidacy()
    interview = candidacy.interviews.order_by("pk")[0]
    source = "{% load packets %}{% candidacy_packets candidacy %}{% own_kit_button interview %}"

    def shown(user: User) -> str:
        request = rf.get("/")
        request.user = user
        return engines["django"].from_string(source).render({"candidacy": candidacy, "interview": interview}, request)

    assert reverse("packet-request", args=[candidacy.pk]) in shown(packet_recruiter)
    assert reverse("packet-own-kit", args=[interview.pk]) not in shown(packet_recruiter)
    assert reverse("packet-request", args=[candidacy.pk]) not in shown(packet_interviewer)
    assert reverse("packet-own-kit", args=[interview.pk]) in shown(packet_interviewer)
    assert 'name="csrfmiddlewaretoken"' in shown(packet_recruiter)


def test_admin_site_shows_no_debrief_to_an_administrator_who_owes_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User
):
    candidacy = packet_candidacy()
    make(candidacy, packet_recruiter, BRIEF, DEBRIEF)
    User.objects.filter(pk=packet_leader.pk).update(is_staff=True, is_superuser=True)
    client = signed_in(packet_leader)
    url = reverse("admin:packets_packet_changelist")
    assert "Debrief packet</td>" in body(client.get(url))
    Seat.objects.create(interview=candidacy.interviews.order_by("pk")[0], interviewer=packet_leader)
    page = body(client.get(url))
    assert "Debrief packet</td>" not in page
    assert "Candidate brief</td>" in page
    assert client.get(reverse("admin:packets_packet_add")).status_code == 403
