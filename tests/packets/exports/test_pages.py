"""The pages of exports."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidacy, Interview, Seat
from apps.loops.models import Role
from apps.packets import tasks
from apps.packets.models import Export
from tests.packets.exports.steps import (
    BRIEF,
    DEBRIEF,
    KIT,
    LATER,
    MINUTE,
    MakeCandidacy,
    Submit,
    ask,
    body,
    content,
    run,
    run_lots,
    run_packing,
    signed_in,
    zip_of,
)
from tests.packets.samples import HELD, NOW


@pytest.mark.django_db
def test_download_hands_out_the_file_and_leaves_a_line(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = run(ask([packet_candidacy()], packet_recruiter))
    client = signed_in(packet_recruiter)
    url = reverse("export-download", args=[export.pk])
    assert client.get(url).status_code == 405
    answer = client.post(url)
    assert content(answer) == zip_of(export, packet_folder)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/zip"
    day = LATER.strftime("%Y-%m-%d")
    name = f"Packets-for-Noor-van-Dijk-for-AI-product-engineer_{day}.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    line = AuditLine.objects.get(verb="downloaded export")
    assert (line.by, line.after) == (packet_recruiter, {"packets": 1, "sha256": export.sha256})


@pytest.mark.django_db
def test_download_before_the_file_is_packed_hands_out_nothing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_folder: Path
):
    export = ask([packet_candidacy()], packet_recruiter)
    packet_folder.mkdir()
    (packet_folder / export.file_name).write_bytes(b"left behind by a commit that failed")
    answer = signed_in(packet_recruiter).post(reverse("export-download", args=[export.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("export", args=[export.pk]))
    assert not AuditLine.objects.filter(verb="downloaded export").exists()


@pytest.mark.django_db
def test_download_is_closed_to_who_comes_to_owe_a_scorecard(
    packet_candidacy: MakeCandidacy, packet_leader: User, packet_submit: Submit,
    debrief_seat: Callable[[Candidacy], Seat],
):  # fmt: skip
    candidacies = [packet_candidacy("Noor van Dijk"), packet_candidacy("Two")]
    export = run(ask(candidacies, packet_leader, BRIEF, DEBRIEF))
    client = signed_in(packet_leader)
    url = reverse("export-download", args=[export.pk])
    assert content(client.post(url))
    seat = debrief_seat(candidacies[0])
    answer = client.post(url)
    assert answer.status_code == 403
    assert "You still owe a scorecard for Noor van Dijk." in body(answer)
    assert "Two" not in body(answer)
    packet_submit(seat.interview, packet_leader)
    assert content(client.post(url))
    assert AuditLine.objects.filter(verb="downloaded export").count() == 2


@pytest.mark.django_db
def test_download_is_closed_to_who_no_longer_runs_hiring(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    export = run(ask([packet_candidacy()], packet_recruiter))
    packet_recruiter.groups.clear()
    assert signed_in(packet_recruiter).post(reverse("export-download", args=[export.pk])).status_code == 404


@pytest.mark.django_db
def test_bulk_finds_candidates_by_role_day_state_and_name(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User
):
    noor, two = packet_candidacy("Noor van Dijk"), packet_candidacy("Two")
    ended = packet_candidacy("Three")
    Candidacy.objects.filter(pk=ended.pk).update(state="withdrawn", ended_at=NOW)
    other = Role.objects.create(title="Another role", slug="another", created_by=packet_leader)
    Candidacy.objects.filter(pk=two.pk).update(role=other)
    Interview.objects.filter(candidacy=noor).update(
        starts_at=HELD + dt.timedelta(days=9), ends_at=HELD + dt.timedelta(days=9, hours=1)
    )
    client = signed_in(packet_recruiter)

    def found(**asked: Any) -> set[str]:
        page = client.get(reverse("packets-bulk"), asked)
        assert page.status_code == 200
        return {candidacy.candidate.name for candidacy in page.context["bulk"].shown}

    assert found() == {"Noor van Dijk", "Two"}
    assert found(state="ended") == {"Three"}
    assert found(state="all") == {"Noor van Dijk", "Two", "Three"}
    assert found(role=[other.pk]) == {"Two"}
    assert found(q="van d") == {"Noor van Dijk"}
    assert found(held_from=HELD.date() + dt.timedelta(days=8)) == {"Noor van Dijk"}
    assert found(held_to=HELD.date() + dt.timedelta(days=8)) == {"Two"}
    assert found(held_from=HELD.date(), held_to=HELD.date(), state="all") == {"Two", "Three"}
    assert found(q="nobody") == set()
    assert found(state="bogus") == set()
    assert found(held_from="yesterday") == set()
    backwards = client.get(reverse("packets-bulk"), {"held_from": "2026-11-09", "held_to": "2026-11-01"})
    assert "The last day comes before the first." in body(backwards)
    assert 'value="2026-11-09"' in body(backwards)


@pytest.mark.django_db
def test_bulk_takes_all_found_without_a_tick_for_each(packet_candidacy: MakeCandidacy, packet_recruiter: User):
    for name in ("Ann", "Anna", "Bob"):
        packet_candidacy(name)
    client = signed_in(packet_recruiter)
    url = f"{reverse('packets-bulk')}?q=ann"
    assert "All 2 found" in body(client.get(url))
    answer = client.post(url, {"everyone": "on", "kinds": [BRIEF]})
    export = Export.objects.get()
    assert answer.url == reverse("export", args=[export.pk])
    assert {packet.candidacy.candidate.name for packet in export.packets.all()} == {"Ann", "Anna"}


@pytest.mark.django_db
def test_bulk_keeps_everything_typed_where_something_is_missing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_second: User
):
    noor, _ = packet_candidacy("Noor van Dijk"), packet_candidacy("Two")
    client = signed_in(packet_recruiter)
    typed = {
        "candidacies": [noor.pk], "recipients": "chosen", "kinds": [KIT], "paper": "letter", "form": "merged",
    }  # fmt: skip
    answer = client.post(f"{reverse('packets-bulk')}?q=two", typed)
    assert answer.status_code == 422
    page = body(answer)
    assert "Choose at least one interviewer, or everybody assigned." in page
    assert "Noor van Dijk" in page, "chosen before, although one looks for others now"
    assert 'value="two"' in page
    for value in (f'name="candidacies" value="{noor.pk}" checked', 'value="letter"', 'value="merged"'):
        assert value in page
    assert page.count(" checked") == 5, "the candidate, the kind, the recipients, the paper, the file"
    assert client.post(reverse("packets-bulk"), {**typed, "interviewers": [packet_second.pk]}).status_code == 302
    export = Export.objects.get()
    assert (export.form, export.packets.get().reader, export.packets.get().paper) == ("merged", packet_second, "letter")


@pytest.mark.django_db
def test_bulk_refuses_in_words(
    packet_candidacy: MakeCandidacy, packet_leader: User, debrief_seat: Callable[[Candidacy], Seat]
):
    candidacy = packet_candidacy("Noor van Dijk")
    debrief_seat(candidacy)
    client = signed_in(packet_leader)
    url = reverse("packets-bulk")
    assert "You still owe a scorecard for Noor van Dijk" in body(
        client.post(url, {"candidacies": [candidacy.pk], "kinds": [DEBRIEF]})
    )
    assert "Choose at least one candidate." in body(client.post(url, {"kinds": [BRIEF]}))
    assert "Choose at least one kind" in body(client.post(url, {"candidacies": [candidacy.pk]}))
    assert "not there any more" in body(client.post(url, {"candidacies": [candidacy.pk + 999], "kinds": [BRIEF]}))
    for nonsense in ({"candidacies": ["x", "²"]}, {"paper": "a3"}, {"recipients": "x"}, {"interviewers": ["0"]}):
        assert client.post(url, {"kinds": [BRIEF], "candidacies": [candidacy.pk], **nonsense}).status_code == 422
    assert not Export.objects.exists()


@pytest.mark.django_db
def test_bulk_lists_the_first_two_hundred_and_counts_the_rest(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, monkeypatch: pytest.MonkeyPatch
):
    from apps.packets.queries import exports

    monkeypatch.setattr(exports, "CANDIDATES_SHOWN", 2)
    made = [packet_candidacy(name) for name in ("One", "Two", "Three")]
    page = body(signed_in(packet_recruiter).get(reverse("packets-bulk"), {"candidacies": [made[1].pk]}))
    assert "All 3 found" in page
    assert "Not listed: 1 more." in page
    assert "Two" in page


@pytest.mark.django_db
def test_bulk_takes_the_same_number_of_queries_for_one_and_three_candidates(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    client = signed_in(packet_recruiter)
    packet_candidacy("One")
    client.get(reverse("packets-bulk"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("packets-bulk"))
    packet_candidacy("Two"), packet_candidacy("Three")
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("packets-bulk"))
    assert len(one) == len(three)


@pytest.mark.django_db
def test_export_page_polls_until_the_end_and_shows_how_far_it_is(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    export = ask([packet_candidacy("One"), packet_candidacy("Two")], packet_recruiter)
    client = signed_in(packet_recruiter)
    url = reverse("export", args=[export.pk])
    Job.objects.update(requested_at=dt.datetime.now(dt.UTC) - MINUTE)
    waiting = body(client.get(url))
    assert 'hx-trigger="every 1s"' in waiting
    assert "<progress" in waiting
    assert "Waiting for a worker" in waiting
    assert reverse("export-cancel", args=[export.pk]) in waiting
    run_lots(export)
    assert "Packing 2 of them" in body(client.get(url))
    run_packing(export, lambda: dt.datetime.now(dt.UTC))
    part = body(client.get(url, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert "Ready." in part
    assert reverse("export-download", args=[export.pk]) in part


@pytest.mark.django_db
def test_export_page_takes_the_same_number_of_queries_for_one_and_three_problems(
    packet_candidacy: MakeCandidacy, packet_recruiter: User
):
    client = signed_in(packet_recruiter)
    made = [ask([packet_candidacy(f"{n} {m}") for m in range(n)], packet_recruiter, KIT) for n in (1, 3)]
    Seat.objects.update(state="excused", excused_reason="ill")
    counts = []
    for export in made:
        run_lots(export)
        url = reverse("export", args=[export.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries_made:
            assert "any more" in body(client.get(url))
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_packets_page_lists_ones_own_exports_first(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, packet_leader: User
):
    candidacy = packet_candidacy()
    export = ask([candidacy], packet_recruiter)
    url = reverse("export", args=[export.pk])
    client = signed_in(packet_recruiter)
    page = body(client.get(reverse("packets")))
    assert page.index("Your exports") < page.index(url)
    assert url not in body(signed_in(packet_leader).get(reverse("packets")))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("packets"))
    for _ in range(2):
        ask([candidacy], packet_recruiter)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("packets"))
    assert len(one) == len(three)


@pytest.mark.django_db
def test_tasks_pass_an_export_on_from_lot_to_packing(
    packet_candidacy: MakeCandidacy, packet_recruiter: User, django_capture_on_commit_callbacks: Any, settings: Any
):
    from celery import current_app

    current_app.conf.task_always_eager, before = True, current_app.conf.task_always_eager
    try:
        with django_capture_on_commit_callbacks(execute=True):
            answer = signed_in(packet_recruiter).post(
                reverse("packets-bulk"), {"kinds": [BRIEF], "candidacies": [packet_candidacy().pk]}
            )
        export = Export.objects.get()
        assert answer.url == reverse("export", args=[export.pk])
        assert export.packed_at is not None
        tasks.tidy_packets()
    finally:
        current_app.conf.task_always_eager = before
