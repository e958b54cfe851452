"""Which field of which model reaches which packet. What is not declared here reaches none.

K interviewer kit, B candidate brief, D debrief packet, R decision record, S subject-access copy, - none of them. A kit
holds it of the reader's own interview only, the others of every interview of the candidacy, none of another candidate.

A link to a person stands for their name. A model's rows that reach different packets have their own paragraph.
"""

KINDS = {
    "K": "interviewer-kit",
    "B": "candidate-brief",
    "D": "debrief",
    "R": "decision-record",
    "S": "subject-access",
}

DECLARED = """
accounts.User
    -     email joined_at last_login password time_zone
common.AuditLine
    S     at by verb
    -     after before object_name
common.Job
    S     requested_at
    -     attempts claim finished_at heartbeat_at message requested_by steps_done steps_total
          task title
craft.Assignment
    S     assigned_at assigned_by attempt downloads expires_at first_downloaded_at first_opened_at
          kit kit_version minted_at withdrawn_at withdrawn_by withdrawn_reason
    -     canary record seed sha256 size token
craft.Assignment, not prepared
    S     assigned_at assigned_by attempt downloads expires_at first_downloaded_at first_opened_at
          kit kit_version
    -     canary problem seed token
craft.CandidateLink
    S     address closed_at closed_by made_at made_by sent_at
    -     digest
craft.CandidateLink, not sent
    S     address closed_at closed_by made_at made_by
    -     problem
craft.Grading
    S     asked_at asked_by ended_at report
craft.Grading, not graded
    S     asked_at asked_by ended_at reason
craft.KitRetirement
    -     at by kit kit_version lifted_at lifted_by reason
craft.KitReview
    -     by kit kit_version note on
craft.Submission
    S     sha256 size uploaded_at
    -     token
craft.UnattendedRun
    -     assistant kit kit_version logged_at logged_by minutes note on
debriefs.Calibration
    -     candidacies data interviewers ratings
debriefs.Debrief
    DRS   closed_at opened_at opened_by reading_until
debriefs.Decision
    DRS   conditions decided_at decided_by dissent reasons
debriefs.Vote
    DRS   reason
    S     cast_at
debriefs.Vote, first
    S     cast_at reason
interviews.CalibrationItem
    -     created_at created_by material title
interviews.CalibrationItem, naming the candidate
    S     created_at created_by material title
interviews.CalibrationRating
    -     evidence given_at interviewer
interviews.Candidacy
    DR    weights_reason
    S     ended_at started_at
    -     debrief_opened_at
interviews.Candidate
    KBDRS accommodation name
    S     created_at email source time_zone
interviews.Interview
    KBDRS ends_at starts_at
    S     scorecards_due_at
interviews.Rating
    DS    evidence
    S     moment
interviews.Rating, amended since
    S     evidence moment
interviews.Rating, draft
    S     evidence moment
interviews.Reminder
    S     due_at sent_at
interviews.Scorecard
    DRS   amendment_reason entered_by entered_reason interviewer submitted_at
    S     private_notes saved_at
    -     revision
interviews.Scorecard, amended since
    S     private_notes saved_at submitted_at
    -     revision
interviews.Scorecard, draft
    S     interviewer private_notes saved_at
    -     revision
interviews.Seat
    KBDRS interviewer
    -     period
interviews.Seat, excused
    DRS   interviewer
    -     excused_reason period
library.Competency
    KBDRS name
    DR    slug
    KB    definition
    -     position sub_skills why
library.Framework
    -     name position slug summary
library.Level
    K     anchors label
library.PresetRequirement
    -     bar min_signals weight why
library.RolePreset
    -     candidate_minutes guide interviewer_minutes min_ai_craft position slug summary title
          when_to_use
library.Rubric
    KDR   number
    K     no_evidence_when
    -     fingerprint published_at published_by
library.Station
    DR    slug
    -     also_called half_life_months kit retired_reason reviewed_on revision saved_at saved_by
          state_changed_at
library.StationReview
    -     by note on
library.StationVersion
    KBDRS name
    KDR   number
    DR    interviewers
    KB    ai_policy_reason format
    B     candidate_brief
    K     could_mislead green_flags interviewer_guide preparation_minutes purpose questions
          red_flags strong_looks_like weak_looks_like
    -     fingerprint made_at made_by
loops.LoopAudit
    -     confirmed_at created_at created_by most_changes name skipped stations
loops.LoopPlan
    DRS   number
    -     ai_craft_share archived_at bound candidate_minutes created_at created_by day_minutes
          interviewer_minutes kinds max_competencies max_stations min_ai_craft objective proof
          published_at
loops.LoopPlan, another of the role's
    DR    number
    -     ai_craft_share archived_at bound candidate_minutes created_at created_by day_minutes
          interviewer_minutes kinds max_competencies max_stations min_ai_craft objective proof
          published_at
loops.PlanStation
    -     position
loops.Requirement
    -     min_signals
loops.Role
    KBDRS title
    DR    quorum
    -     ai_craft_share candidate_minutes created_at created_by day_minutes interviewer_minutes
          kinds max_competencies max_stations min_ai_craft reading_minutes scorecard_hours slug
          summary weights_reason
packets.Export
    -     cancelled_at expires_at packed_at removed_at requested_at requested_by sha256 size
          title token
packets.Packet
    S     made_at reader requested_by
    -     contents_sha256 pages problem sha256 size
packets.PrivateLink
    S     downloads expires_at revoked_at
    -     digest revoked_by
packets.Sending
    S     body requested_by sent_at subject to_person
    -     address
packets.Sending, not sent
    S     body requested_by subject to_person
    -     address problem
packets.Sending, to the candidate
    S     address body requested_by sent_at subject
panel.Training
    -     interviewer since
"""

# Chosen, to tell rows apart, and not printed.
NOT_PRINTED = frozenset({"library.Competency.slug", "library.Station.slug"})

# What holds no value that could be told from another row's: yes or no, a word from a fixed list, a small number the
# database limits, a time of day, half of a link, somebody's name (looked for by the links to them), a voter (is an
# author). Whoever adds to it has looked where the packets print it.
_NO_VALUE = """
accounts.User.is_active accounts.User.is_staff accounts.User.is_superuser accounts.User.name
accounts.User.quiet_from accounts.User.quiet_until accounts.User.quiet_weekends accounts.User.reminders
common.AuditLine.object_id common.AuditLine.object_type common.Job.state craft.Assignment.state
craft.CandidateLink.state craft.Grading.state craft.UnattendedRun.gain debriefs.Calibration.made_at
debriefs.Calibration.method debriefs.Debrief.step debriefs.Decision.outcome debriefs.Vote.choice
debriefs.Vote.round debriefs.Vote.voter interviews.CalibrationItem.state interviews.CalibrationRating.level
interviews.Candidacy.blindness interviews.Candidacy.reasons_required interviews.Candidacy.state
interviews.Interview.state interviews.PinnedRequirement.bar interviews.PinnedRequirement.min_signals
interviews.PinnedRequirement.must_pass interviews.PinnedRequirement.weight interviews.Rating.level
interviews.Rating.no_evidence interviews.Reminder.kind interviews.Scorecard.after_debrief
interviews.Scorecard.recommendation interviews.Scorecard.state interviews.Seat.informed
interviews.Seat.state library.Level.number library.Measure.reliability library.PresetRequirement.must_pass
library.Rubric.state library.Station.kind library.Station.origin library.Station.state
library.StationVersion.ai_policy library.StationVersion.minutes loops.LoopAudit.source loops.LoopAudit.state
loops.LoopPlan.state loops.PlanStation.pinned loops.Requirement.bar loops.Requirement.must_pass
loops.Requirement.weight loops.Role.blindness loops.Role.decider_apart loops.Role.reasons_required
loops.Role.state packets.Export.form packets.Packet.kind packets.Packet.names_hidden packets.Packet.paper
packets.Packet.state packets.Sending.how packets.Sending.state panel.Training.stage
"""
NO_VALUE_OF_ITS_OWN = frozenset(_NO_VALUE.split())


def declared() -> dict[str, str]:
    """Letters by label, a label being "app.Model.field" with the variant after it: "app.Model.field, draft"."""
    letters_of: dict[str, str] = {}
    model, variant, letters = "", "", ""
    for line in DECLARED.strip().splitlines():
        if not line.startswith(" "):
            model, _, variant = line.partition(", ")
            continue
        words = line.split()
        if not line.startswith("     "):
            letters, *words = words
        for name in words:
            letters_of[f"{model}.{name}{', ' * bool(variant)}{variant}"] = letters.replace("-", "")
    return letters_of
