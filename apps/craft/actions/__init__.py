"""Verbs of the AI craft kits."""

from apps.craft.actions.assigning import (
    assign_kit,
    extend_assignment,
    prepare_again,
    seed_of,
    withdraw_assignment,
)
from apps.craft.actions.grading import request_due_gradings, request_grading, run_grading_job
from apps.craft.actions.kits import import_runs, log_run, restore_kit, retire_kit, review_kit
from apps.craft.actions.links import close_links, mail_link_job, request_link_mail, show_link
from apps.craft.actions.minting import run_mint_job
from apps.craft.actions.private import HandedOut, LinkClosed, NotNow, hand_in, hand_out_kit, note_opened, too_large
from apps.craft.models.gradings import MOST_BYTES

__all__ = [
    "MOST_BYTES",
    "HandedOut",
    "LinkClosed",
    "NotNow",
    "assign_kit",
    "close_links",
    "extend_assignment",
    "hand_in",
    "hand_out_kit",
    "import_runs",
    "log_run",
    "mail_link_job",
    "note_opened",
    "prepare_again",
    "request_due_gradings",
    "request_grading",
    "request_link_mail",
    "restore_kit",
    "retire_kit",
    "review_kit",
    "run_grading_job",
    "run_mint_job",
    "seed_of",
    "show_link",
    "too_large",
    "withdraw_assignment",
]
