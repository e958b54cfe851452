"""Every rule the database keeps is broken once, by name. A constraint or trigger without a row here fails."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import CheckConstraint
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import record
from apps.common.models import AuditLine, Job
from apps.craft.models import Assignment, CandidateLink, Grading, KitRetirement, KitReview, Submission, UnattendedRun
from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.models import (
    CalibrationItem,
    CalibrationRating,
    Candidacy,
    Candidate,
    Interview,
    PinnedRequirement,
    PinnedRubric,
    Rating,
    Reminder,
    Scorecard,
    Seat,
)
from apps.library.models import (
    Level,
    Measure,
    PresetRequirement,
    RolePreset,
    Rubric,
    Station,
    StationReview,
    StationVersion,
)
from apps.loops.models import LoopAudit, LoopPlan, PlanStation, Requirement
from apps.packets.models import Export, Packet, PrivateLink, Sending
from apps.panel.models import Training
from tests.craft.product.house import ready
from tests.factories import UserFactory, seat

OURS = [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def again(row: models.Model, **changes: Any) -> None:
    """The same row once more."""
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


# For each constraint, the plainest way to break it and nothing else; `w` is the small world below.
BROKEN: dict[str, Callable[[Any], object]] = {
    "audit_confirmed_at_matches_state": lambda w: LoopAudit.objects.create(
        role=w.role, name="Ours", source="csv", stations=[], state="confirmed", created_by=w.ben
    ),
    "calibration_rating_level_1_to_4": lambda w: CalibrationRating.objects.create(**w.calibrated, level=5),
    "calibration_rating_once": lambda w: [CalibrationRating.objects.create(**w.calibrated) for _ in range(2)],
    "candidacy_end_matches_state": lambda w: of(Candidacy, w.candidacy).update(state="decided"),
    "candidacy_one_active_per_role": lambda w: again(w.candidacy),
    "candidate_email_unique": lambda w: Candidate.objects.create(name="Twin", email="NOOR@mail.example"),
    "craft_assignment_attempt_from_one": lambda w: of(Assignment, w.kit).update(attempt=0),
    "craft_assignment_one_standing": lambda w: again(w.kit, seed="another"),
    "craft_assignment_problem_matches_state": lambda w: of(Assignment, w.kit).update(problem="Why."),
    "craft_assignment_ready_has_file": lambda w: of(Assignment, w.kit).update(sha256=""),
    "craft_assignment_withdrawn_with_reason": lambda w: of(Assignment, w.kit).update(state="withdrawn"),
    "craft_grading_report_matches_state": lambda w: Grading.objects.create(**w.grading, state="graded"),
    "craft_grading_waits_once": lambda w: [
        Grading.objects.create(**{**w.grading, "job": job})
        for job in (w.job, Job.objects.create(task="t", title="t", requested_at=w.now))
    ],
    "craft_link_closed_by_somebody": lambda w: CandidateLink.objects.create(**w.link, digest="d", closed_at=w.now),
    "craft_link_mail_matches_state": lambda w: CandidateLink.objects.create(
        **w.link, digest="d", address="a@b.example"
    ),
    "craft_link_problem_matches_state": lambda w: CandidateLink.objects.create(**w.link, digest="d", problem="Why."),
    "craft_link_secret_matches_state": lambda w: CandidateLink.objects.create(**w.link),
    "craft_link_secret_unique": lambda w: [CandidateLink.objects.create(**w.link, digest="d") for _ in range(2)],
    "craft_link_waits_once": lambda w: [
        CandidateLink.objects.create(**{**w.link, "state": "queued"}, job=w.job, address="a@b.example")
        for _ in range(2)
    ],
    "craft_retirement_has_reason": lambda w: KitRetirement.objects.create(**w.retirement, reason=""),
    "craft_retirement_lifted_by_somebody": lambda w: KitRetirement.objects.create(
        **w.retirement, reason="r", lifted_at=w.now
    ),
    "craft_retirement_once": lambda w: [KitRetirement.objects.create(**w.retirement, reason="r") for _ in range(2)],
    "craft_review_has_note": lambda w: KitReview.objects.create(
        kit="k", kit_version="1", on=timezone.localdate(), by=w.fay, note=""
    ),
    "craft_run_gain_in_range": lambda w: UnattendedRun.objects.create(**{**w.alone, "gain": 1.3}),
    "craft_run_names_assistant": lambda w: UnattendedRun.objects.create(**{**w.alone, "assistant": ""}),
    "craft_submission_has_bytes": lambda w: Submission.objects.create(
        assignment=w.kit, uploaded_at=w.now, size=0, sha256="x"
    ),
    "debrief_close_matches_step": lambda w: of(Debrief, w.debrief).update(step="closed"),
    "debrief_reading_after_opening": lambda w: of(Debrief, w.debrief).update(
        reading_until=w.now - dt.timedelta(seconds=1)
    ),
    "decision_has_reasons": lambda w: Decision.objects.create(
        candidacy=w.candidacy, outcome="offer", reasons="", decided_by=w.fay, decided_at=w.now
    ),
    "interview_scorecards_due_after_end": lambda w: of(Interview, w.of_ben).update(
        scorecards_due_at=w.of_ben.ends_at - dt.timedelta(minutes=1)
    ),
    "interview_station_once": lambda w: again(w.of_ben),
    "interview_times_match_state": lambda w: of(Interview, w.of_ben).update(ends_at=w.of_ben.starts_at),
    "job_times_match_state": lambda w: of(Job, w.job).update(state="running"),
    "level_number_1_to_4": lambda w: Level.objects.create(rubric=w.rubric, number=5, label="l", anchors=["a"]),
    "level_number_unique": lambda w: Level.objects.create(rubric=w.rubric, number=4, label="l", anchors=["a"]),
    "measure_competency_once": lambda w: again(Measure.objects.first()),
    "measure_reliability_between_0_and_1": lambda w: Measure.objects.create(
        version=w.craft.current, competency=w.second, reliability="1.00"
    ),
    "export_packed_has_file": lambda w: Export.objects.create(
        title="Ours", requested_by=w.ben, requested_at=w.now, packed_at=w.now, expires_at=w.now, size=4
    ),
    "packet_names_hidden_in_subject_access": lambda w: Packet.objects.create(**w.packet, names_hidden=True),
    "packet_done_has_file": lambda w: Packet.objects.create(**w.packet, state="done", made_at=w.now, pages=1),
    "packet_kit_has_interview_and_reader": lambda w: Packet.objects.create(**{**w.packet, "kind": "interviewer-kit"}),
    "pinned_rubric_once": lambda w: again(PinnedRubric.objects.first()),
    "pinned_requirement_once": lambda w: again(PinnedRequirement.objects.first()),
    "plan_number_unique": lambda w: again(w.plan, state="draft", published_at=None),
    "plan_one_published_per_role": lambda w: again(w.plan, number=9),
    "plan_station_once": lambda w: again(w.plan.plan_stations.first(), position=9),
    "plan_station_position_unique": lambda w: w.plan.plan_stations.update(position=1),
    "plan_times_match_state": lambda w: of(LoopPlan, w.plan).update(state="archived"),
    "preset_competency_once": lambda w: [
        PresetRequirement.objects.create(
            preset=w.preset, competency=w.first, weight=1, bar=3, must_pass=False, min_signals=1, why="w"
        )
        for _ in range(2)
    ],
    "private_link_revoked_by_somebody": lambda w: PrivateLink.objects.create(
        sending=Sending.objects.create(**w.mail), digest="d", expires_at=w.now, revoked_at=w.now
    ),
    "rating_competency_once": lambda w: [Rating.objects.create(**w.rating) for _ in range(2)],
    "rating_level_or_no_evidence": lambda w: Rating.objects.create(**w.rating, level=3, no_evidence=True),
    "reminder_once": lambda w: [Reminder.objects.create(**w.reminder) for _ in range(2)],
    "requirement_bar_1_to_4": lambda w: Requirement.objects.update(bar=5),
    "requirement_competency_once": lambda w: again(w.role.requirements.first()),
    "requirement_weight_positive": lambda w: Requirement.objects.update(weight=0),
    "rubric_number_unique": lambda w: again(w.rubric, state="superseded"),
    "rubric_one_published": lambda w: again(w.rubric, number=9),
    "scorecard_amendment_with_reason": lambda w: of(Scorecard, w.card).update(amendment_reason="No row it amends."),
    "scorecard_one_per_interviewer": lambda w: again(w.card),
    "scorecard_proxy_with_reason": lambda w: of(Scorecard, w.card).update(entered_by=w.fay),
    "scorecard_submitted_complete": lambda w: of(Scorecard, w.card).update(state="submitted", submitted_at=w.now),
    "seat_excused_with_reason": lambda w: of(Seat, w.seat_of_ben).update(state="excused"),
    "seat_no_two_places_at_once": lambda w: seat(
        w.of_fay, w.ben, starts_at=w.of_ben.starts_at + dt.timedelta(minutes=44)
    ),
    "seat_once": lambda w: again(w.seat_of_ben, period=None),
    "sending_has_address_and_text": lambda w: Sending.objects.create(**{**w.mail, "subject": ""}),
    "sending_problem_matches_state": lambda w: Sending.objects.create(**w.mail, state="refused"),
    "sending_sent_at_matches_state": lambda w: Sending.objects.create(**w.mail, state="sent"),
    "sending_waits_once_a_person": lambda w: [Sending.objects.create(**w.mail, to_person=w.ben) for _ in range(2)],
    "sending_waits_once_for_candidate": lambda w: [Sending.objects.create(**w.mail) for _ in range(2)],
    "station_half_life_positive": lambda w: of(Station, w.craft).update(half_life_months=0),
    "station_kit_only_ai_craft": lambda w: of(Station, w.talk).update(kit="a-kit"),
    "station_retired_with_reason": lambda w: of(Station, w.craft).update(state="retired"),
    "station_review_has_note": lambda w: StationReview.objects.create(**w.review, note=""),
    "station_version_minutes": lambda w: again(w.craft.current, number=9, minutes=5),
    "station_version_number_unique": lambda w: again(w.craft.current),
    "training_once": lambda w: [Training.objects.create(**w.training, stage="shadow") for _ in range(2)],
    "training_stage_known": lambda w: Training.objects.create(**w.training, stage="master"),
    "vote_once_a_round": lambda w: [
        Vote.objects.create(debrief=w.debrief, voter=w.ben, round="first", choice="no", cast_at=w.now) for _ in range(2)
    ],
    "user_email_lower_case": lambda w: of(User, w.ben).update(email="Ben@test.example"),
}


def of(model: type[models.Model], row: models.Model) -> Any:
    return model._default_manager.filter(pk=row.pk)


@pytest.fixture
def world(loop: Any, ben: User, fay: User) -> Any:
    """The loop with one row of everything else a constraint is about."""
    loop.ben, loop.fay, loop.now = ben, fay, timezone.now()
    loop.rubric = loop.first.rubrics.get()
    loop.card = Scorecard.objects.create(interview=loop.of_ben, interviewer=ben)
    loop.rating = {"scorecard": loop.card, "competency": loop.first, "rubric": loop.rubric}
    loop.job = Job.objects.create(task="t", title="t", requested_by=ben, requested_at=loop.now)
    loop.packet = {"kind": "debrief", "candidacy": loop.candidacy, "job": loop.job, "requested_by": fay}
    loop.mail = {
        "packet": Packet.objects.create(**loop.packet), "job": loop.job, "how": "link", "address": "a@test.example",
        "subject": "s", "body": "b", "requested_by": fay,
    }  # fmt: skip
    loop.debrief = Debrief.objects.create(
        candidacy=loop.candidacy, opened_by=fay, opened_at=loop.now, reading_until=loop.now
    )
    loop.training = {"interviewer": fay, "station": loop.talk, "since": timezone.localdate()}
    loop.review = {"station": loop.craft, "version": loop.craft.current, "on": timezone.localdate(), "by": ben}
    item = CalibrationItem.objects.create(
        version=loop.craft.current, title="t", material="m", created_by=ben, created_at=loop.now
    )
    loop.calibrated = {
        "item": item, "interviewer": ben, "competency": loop.first, "rubric": loop.rubric, "given_at": loop.now,
    }  # fmt: skip
    loop.kit = ready(loop.of_ben, fay)
    handed = Submission.objects.create(assignment=loop.kit, uploaded_at=loop.now, size=1, sha256="x")
    loop.grading = {"submission": handed, "job": loop.job, "asked_at": loop.now}
    loop.link = {"assignment": loop.kit, "state": "shown", "made_by": fay, "made_at": loop.now}
    loop.retirement = {"kit": "k", "kit_version": "1", "by": fay, "at": loop.now}
    loop.alone = {
        "kit": "k", "kit_version": "1", "assistant": "a", "gain": 0.5, "minutes": 5, "on": timezone.localdate(),
        "logged_by": fay, "logged_at": loop.now,
    }  # fmt: skip
    loop.reminder = {"seat": loop.seat_of_ben, "kind": "due", "due_at": loop.now, "sent_at": loop.now}
    loop.preset = RolePreset.objects.create(
        slug="p", title="P", summary="s", when_to_use="w", guide="g", candidate_minutes=1, interviewer_minutes=1,
        min_ai_craft=0, position=1,
    )  # fmt: skip
    return loop


def declared() -> dict[str, tuple[type[models.Model], Any]]:
    return {constraint.name: (model, constraint) for model in OURS for constraint in model._meta.constraints}


def test_every_constraint_is_broken_once() -> None:
    assert set(declared()) == set(BROKEN)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_the_database_refuses_by_name(name: str, world: Any) -> None:
    def broken() -> None:
        BROKEN[name](world)
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # a deferred one speaks now

    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        broken()
    assert caught.value.__cause__.diag.constraint_name == name


def test_every_check_and_every_conditional_rule_says_what_is_wrong() -> None:
    silent = [
        name
        for name, (_, constraint) in declared().items()
        if (isinstance(constraint, CheckConstraint) or getattr(constraint, "condition", None) is not None)
        and constraint.violation_error_message in (None, constraint.default_violation_error_message)
    ]
    assert silent == []


def test_a_constraint_speaks_before_the_database_does(world: Any) -> None:
    twin = Candidacy(candidate=world.candidacy.candidate, role=world.role, plan=world.plan, started_at=world.now)
    with pytest.raises(ValidationError, match="going through this role's loop already"):
        twin.validate_constraints()


# ---------------------------------------------------------------------------------------------------- triggers

Attempt = Callable[[Any], object]


def sql(text: str) -> Attempt:
    return lambda row: connection.cursor().execute(text, [row.pk])


def change(**values: Any) -> Attempt:
    return lambda row: type(row)._default_manager.filter(pk=row.pk).update(**values)


def save(row: Any) -> None:
    row.save()


def delete(row: Any) -> None:
    row.delete()


def bulk(name: str) -> Attempt:
    return lambda row: type(row)._default_manager.bulk_update([row], [name])


def truncate(table: str) -> Attempt:
    """Once nothing waits for the end of the transaction: it would be refused for that alone."""
    return lambda row: connection.cursor().execute(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")


def without_triggers(text: str) -> Attempt:
    """As a replica applies changes: ordinary triggers stay silent then."""
    return lambda row: connection.cursor().execute(f"SET LOCAL session_replication_role = replica; {text}", [row.pk])


def copy_in(row: Any) -> None:
    """One more rating of the same scorecard, by the way of bulk loads."""
    line = f"{row.scorecard_id}\t{row.competency_id}\t{row.rubric_id}\tf\t\t\n"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        columns = "scorecard_id, competency_id, rubric_id, no_evidence, evidence, moment"
        with cursor.copy(f"COPY interviews_rating ({columns}) FROM STDIN") as copy:
            copy.write(line)


def upsert(row: Any) -> None:
    row.level = 1
    type(row)._default_manager.bulk_create(
        [row], update_conflicts=True, unique_fields=["scorecard", "competency"], update_fields=["level"]
    )


def amend_by_update(amended: Callable[[Any], Any]) -> Attempt:
    return lambda row: of(Scorecard, row).update(amends=amended(row), amendment_reason="r")


def raw_delete(row: Any) -> None:
    rows = type(row)._default_manager.filter(pk=row.pk)
    rows._raw_delete(rows.db)


@pytest.fixture
def fixed(loop: Any, ada: User, ben: User, fay: User, submit: Callable[..., Scorecard]) -> dict[str, Any]:
    card = submit(loop.of_ben, ben)
    item = CalibrationItem.objects.create(
        version=loop.craft.current, title="t", material="m", created_by=ada, created_at=timezone.now()
    )
    calibrated = CalibrationRating.objects.create(
        item=item, interviewer=ben, competency=loop.first, rubric=loop.first.rubrics.get(), level=2,
        given_at=timezone.now(),
    )  # fmt: skip
    times = dict.fromkeys(["opened_at", "reading_until"], timezone.now())
    debrief = Debrief.objects.create(candidacy=loop.candidacy, opened_by=ada, **times)
    vote = Vote.objects.create(debrief=debrief, voter=ben, round="first", choice="yes", cast_at=timezone.now())
    decision = Decision.objects.create(
        candidacy=loop.candidacy, outcome="offer", reasons="r", decided_by=ada, decided_at=timezone.now()
    )
    kit = ready(loop.of_ben, ada)
    handed = Submission.objects.create(assignment=kit, uploaded_at=timezone.now(), size=1, sha256="x")
    grading = Grading.objects.create(
        submission=handed, job=kit.job, state="graded", report={"gain": 1}, asked_at=timezone.now(),
        ended_at=timezone.now(),
    )  # fmt: skip
    return {
        "craft_grading_is_fixed": grading,
        "craft_grading_is_not_emptied": grading,
        "vote_is_fixed": vote,
        "vote_is_not_emptied": vote,
        "decision_is_fixed": decision,
        "decision_is_not_emptied": decision,
        "audit_line_append_only": record(by=ada, verb="did", thing=loop.role),
        "scorecard_submitted_is_fixed": card,
        "scorecard_is_not_emptied": card,
        "scorecard_amends_its_own": Scorecard.objects.create(interview=loop.of_fay, interviewer=fay),
        "rating_submitted_is_fixed": card.ratings.first(),
        "rating_is_not_emptied": card.ratings.first(),
        "calibration_rating_is_fixed": calibrated,
        "calibration_rating_is_not_emptied": calibrated,
        "level_is_fixed": Level.objects.first(),
        "station_version_is_fixed": StationVersion.objects.first(),
        "measure_is_fixed": Measure.objects.first(),
        "station_review_is_fixed": StationReview.objects.create(
            station=loop.craft, version=loop.craft.current, on=timezone.localdate(), by=ada, note="Held it."
        ),
    }


TRIGGERS: dict[str, tuple[str, list[Attempt]]] = {
    "audit_line_append_only": (
        "append-only",
        [
            save, delete, raw_delete, bulk("verb"), change(verb="other"), change(by=None),
            sql("UPDATE common_auditline SET verb = 'other' WHERE id = %s"),
            sql("DELETE FROM common_auditline WHERE id = %s"),
        ],
    ),
    "scorecard_submitted_is_fixed": (
        "submitted scorecard is fixed",
        [
            save, raw_delete, bulk("recommendation"), change(recommendation="no"),
            change(state="draft", submitted_at=None), change(private_notes=""),
            change(amends=None, amendment_reason=""), change(entered_by=None),
            sql("UPDATE interviews_scorecard SET revision = 0 WHERE id = %s"),
            sql("DELETE FROM interviews_scorecard WHERE id = %s"),
            without_triggers("UPDATE interviews_scorecard SET recommendation = 'no' WHERE id = %s"),
            without_triggers("DELETE FROM interviews_scorecard WHERE id = %s"),
        ],
    ),
    "scorecard_is_not_emptied": (
        "not emptied",
        [truncate("interviews_scorecard"), truncate("interviews_interview"), truncate("interviews_candidate")],
    ),
    "scorecard_amends_its_own": (
        "of the same interviewer and interview",
        [
            amend_by_update(lambda row: Scorecard.objects.submitted().get()), amend_by_update(lambda row: row),
            lambda row: Scorecard.objects.create(
                interview=row.interview, interviewer=row.interviewer, amends=row, amendment_reason="Of a draft."
            ),
        ],
    ),
    "rating_is_not_emptied": ("not emptied", [truncate("interviews_rating"), truncate("library_competency")]),
    "calibration_rating_is_fixed": (
        "given once",
        [
            save, delete, raw_delete, bulk("level"), change(level=4), change(evidence="Other words."),
            sql("UPDATE interviews_calibrationrating SET level = 4 WHERE id = %s"),
            sql("DELETE FROM interviews_calibrationrating WHERE id = %s"),
            without_triggers("DELETE FROM interviews_calibrationrating WHERE id = %s"),
        ],
    ),
    "calibration_rating_is_not_emptied": ("not emptied", [truncate("interviews_calibrationrating")]),
    "rating_submitted_is_fixed": (
        "ratings of a submitted scorecard are fixed",
        [
            save, delete, raw_delete, bulk("level"), change(level=1), change(evidence=""), again, copy_in, upsert,
            without_triggers("UPDATE interviews_rating SET level = 1 WHERE id = %s"),
            without_triggers("DELETE FROM interviews_rating WHERE id = %s"),
            sql("UPDATE interviews_rating SET level = 1 WHERE id = %s"),
            sql("DELETE FROM interviews_rating WHERE id = %s"),
        ],
    ),
    "level_is_fixed": ("never changes", [save, bulk("label"), change(label="other"), change(anchors=[])]),
    "station_version_is_fixed": ("never changes", [save, bulk("name"), change(minutes=60), change(questions=[])]),
    "station_review_is_fixed": ("never changes", [save, bulk("note"), change(note="other"), change(on="2020-01-01")]),
    "vote_is_fixed": (
        "vote that was cast is fixed",
        [
            save, delete, raw_delete, bulk("choice"), change(choice="no"), change(reason="Other."),
            sql("UPDATE debriefs_vote SET choice = 'no' WHERE id = %s"),
            sql("DELETE FROM debriefs_vote WHERE id = %s"),
            without_triggers("UPDATE debriefs_vote SET choice = 'no' WHERE id = %s"),
            without_triggers("DELETE FROM debriefs_vote WHERE id = %s"),
        ],
    ),
    "craft_grading_is_fixed": (
        "grading that has ended is fixed",
        [
            save, delete, raw_delete, bulk("report"), change(report={"gain": 2}), change(state="queued"),
            sql("UPDATE craft_grading SET report = '{}' WHERE id = %s"),
            sql("DELETE FROM craft_grading WHERE id = %s"),
            without_triggers("UPDATE craft_grading SET report = '{}' WHERE id = %s"),
            without_triggers("DELETE FROM craft_grading WHERE id = %s"),
        ],
    ),
    "craft_grading_is_not_emptied": ("not emptied", [truncate("craft_grading"), truncate("craft_submission")]),
    "vote_is_not_emptied": ("not emptied", [truncate("debriefs_vote"), truncate("debriefs_debrief")]),
    "decision_is_fixed": (
        "recorded decision is fixed",
        [
            save, delete, raw_delete, bulk("reasons"), change(reasons="Other."), change(outcome="no_offer"),
            sql("UPDATE debriefs_decision SET dissent = '' WHERE id = %s"),
            sql("DELETE FROM debriefs_decision WHERE id = %s"),
            without_triggers("UPDATE debriefs_decision SET outcome = 'no_offer' WHERE id = %s"),
            without_triggers("DELETE FROM debriefs_decision WHERE id = %s"),
        ],
    ),
    "decision_is_not_emptied": ("not emptied", [truncate("debriefs_decision")]),
    "measure_is_fixed": ("never changes", [save, bulk("reliability"), change(reliability="0.10")]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "place"), [(name, n) for name, (_, ways) in TRIGGERS.items() for n in range(len(ways))]
)
def test_what_is_fixed_cannot_be_changed_in_any_way(name: str, place: int, fixed: dict[str, Any]) -> None:
    message, ways = TRIGGERS[name]
    row = fixed[name]
    before = type(row)._default_manager.filter(pk=row.pk).values().get()
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        ways[place](row)
    assert type(row)._default_manager.filter(pk=before["id"]).values().get() == before


def test_every_trigger_is_tried(db: None) -> None:
    tables = [model._meta.db_table for model in OURS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND relname = ANY(%s)",
            [tables],
        )
        assert {name for (name,) in cursor.fetchall()} == set(TRIGGERS)


def test_a_submitted_scorecard_with_its_ratings_cannot_be_deleted_together(
    loop: Any, ben: User, submit: Callable[..., Scorecard]
) -> None:
    card = submit(loop.of_ben, ben)
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        card.delete()
    assert card.ratings.count() == 1


def test_an_administrator_changes_nothing_submitted_by_hand(
    loop: Any, ben: User, eli: User, submit: Callable[..., Scorecard], sign_in: Callable[[User], Any]
) -> None:
    card = submit(loop.of_ben, ben)
    rating = card.ratings.get()
    for row, values in [(card, {"recommendation": "no", "state": "draft"}), (rating, {"level": 1, "evidence": ""})]:
        before = type(row)._default_manager.filter(pk=row.pk).values().get()
        address = f"/admin/interviews/{row._meta.model_name}/{row.pk}/"
        for what in ("change", "delete"):
            assert sign_in(eli).post(f"{address}{what}/", {**values, "post": "yes"}).status_code == 403
        assert type(row)._default_manager.filter(pk=row.pk).values().get() == before


def test_flush_is_refused_where_interviewers_have_written(
    loop: Any, ben: User, submit: Callable[..., Scorecard]
) -> None:
    card = submit(loop.of_ben, ben)
    with pytest.raises(CommandError), transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
    assert of(Scorecard, card).exists()


def test_a_rating_does_not_move_to_another_scorecard(world: Any) -> None:
    rating = Rating.objects.create(**world.rating)
    other = Scorecard.objects.create(interview=world.of_fay, interviewer=world.fay)
    with pytest.raises(IntegrityError, match="stays with its scorecard"), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(scorecard=other)


def test_a_draft_stays_changeable(world: Any) -> None:
    rating = Rating.objects.create(**world.rating, level=2)
    assert Rating.objects.filter(pk=rating.pk).update(level=3) == 1
    rating.delete()
    world.card.delete()


def test_two_interviews_in_a_row_are_no_two_places_at_once(world: Any) -> None:
    seat(world.of_fay, world.ben, starts_at=world.of_ben.ends_at)
    assert Seat.objects.filter(interviewer=world.ben).count() == 2


def test_an_excused_seat_keeps_nobody_from_another_place(world: Any) -> None:
    of(Seat, world.seat_of_ben).update(state="excused", excused_reason="Ill.")
    seat(world.of_fay, world.ben, starts_at=world.of_ben.starts_at)


def test_a_person_with_a_record_cannot_be_deleted(world: Any) -> None:
    record(by=world.ben, verb="did", thing=world.role)
    with pytest.raises(models.ProtectedError):
        world.ben.delete()


def test_a_running_job_has_its_claim(world: Any) -> None:
    of(Job, world.job).update(state="running", claim=uuid.uuid4(), heartbeat_at=world.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        of(Job, world.job).update(claim=None)


def test_the_trail_names_who_is_gone_by_nobody(db: None) -> None:
    """Commands write lines without a person."""
    line = record(by=None, verb="loaded", thing=UserFactory())
    assert AuditLine.objects.get(pk=line.pk).by is None


def test_superseded_rubrics_may_be_many(world: Any) -> None:
    of(Rubric, world.rubric).update(state="superseded")
    for number in (2, 3):
        again(world.rubric, number=number, state="superseded")
    assert world.first.rubrics.count() == 3


def test_the_same_position_twice_within_one_statement_is_no_fault(world: Any) -> None:
    first, second = world.plan.plan_stations.order_by("position")
    first.position, second.position = 2, 1
    PlanStation.objects.bulk_update([first, second], ["position"])
    assert list(world.plan.plan_stations.order_by("position")) == [second, first]
