"""Previews of mails: what would go to whom, and what would not go and why. Nothing is written."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from apps.common.models import Job
from apps.packets.models import Sending
from apps.packets.queries.mails import MOST_MAILS, Draft, body_of, link_of, problems_of, subject_of
from apps.packets.queries.names import readable_file_name

PRIVATE_LINK = "[a private link, made when this mail goes out]"


@dataclass(frozen=True)
class PreviewLine:
    """One mail as it would go, or why it would not; `sent_before` is when the same packet last went to this reader."""

    draft: Draft
    subject: str
    body: str
    file_name: str
    problem: str
    sent_before: dt.datetime | None


@dataclass(frozen=True)
class Preview:
    """All mails of one sending. `fingerprint` stands for everything in it: only what was previewed can be sent."""

    lines: list[PreviewLine]

    @cached_property
    def going(self) -> list[PreviewLine]:
        return [line for line in self.lines if not line.problem]

    @property
    def refused(self) -> list[PreviewLine]:
        return [line for line in self.lines if line.problem]

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(line.problem for line in self.refused))

    @property
    def shown(self) -> list[PreviewLine]:
        """What would not go first."""
        return [*self.refused, *self.going][:MOST_MAILS]

    @property
    def is_too_much(self) -> bool:
        return len(self.lines) > MOST_MAILS

    @cached_property
    def fingerprint(self) -> str:
        said = [
            [
                *line.draft.key, line.draft.how, line.draft.address, line.draft.reader, line.draft.subject,
                line.draft.body, line.problem, line.sent_before.isoformat() if line.sent_before else "",
            ]
            for line in self.lines
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def preview(drafts: Sequence[Draft], *, by: Any, now: dt.datetime) -> Preview:
    """Asks for every mail what is asked again when it goes out. Writes nothing."""
    ids = [draft.packet.pk for draft in drafts]
    mails = Sending.objects.filter(packet__in=ids).order_by("sent_at", "pk")
    open_jobs = Q(job__state__in=(Job.State.QUEUED, Job.State.RUNNING))
    waiting = set(mails.filter(open_jobs, state__in=Sending.OPEN).values_list("packet", "to_person"))
    sent = {(row.packet_id, row.to_person_id): row.sent_at for row in mails.filter(state=Sending.State.SENT)}
    lines = []
    for draft, problem in zip(drafts, problems_of(drafts, by=by, now=now), strict=True):
        link = PRIVATE_LINK if draft.is_private_link else link_of(draft)
        lines.append(
            PreviewLine(
                draft=draft,
                subject=subject_of(draft, by=by, link=link, now=now),
                body=body_of(draft, by=by, link=link, now=now),
                file_name=readable_file_name(draft.packet) if draft.how == Sending.How.ATTACHMENT else "",
                problem=problem or (f"It is on its way to {draft.reader} already." if draft.key in waiting else ""),
                sent_before=sent.get(draft.key),
            )
        )
    return Preview(lines)
