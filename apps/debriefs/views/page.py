"""What all views of the debrief share: who may in, and the page itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from apps.accounts.models import SignedInRequest
from apps.debriefs import queries, translate
from apps.debriefs.forms import DecisionForm, VoteForm
from apps.interviews.models import Candidacy, Scorecard
from apps.interviews.queries import why_closed

TYPED = ("reasons", "conditions", "dissent", "vote-reason")


def visible_candidacy(request: SignedInRequest, pk: int) -> Candidacy:
    found = Candidacy.objects.visible_to(request.user).select_related("candidate", "role", "plan")
    return get_object_or_404(found, pk=pk)


def closed_page(request: SignedInRequest, candidacy: Candidacy) -> HttpResponse | None:
    """For whoever may not read the panel yet: why, and what they had typed. None for everybody else."""
    why = why_closed(candidacy=candidacy, user=request.user)
    if why is None:
        return None
    typed = [text for name in TYPED if (text := request.POST.get(name))]
    return render(
        request, "debriefs/closed.html", {"candidacy": candidacy, "owed": why.owed, "typed": typed}, status=403
    )  # fmt: skip


def page_context(
    request: HttpRequest,
    candidacy: Candidacy,
    *,
    user: Any,
    decision: DecisionForm | None = None,
    vote: VoteForm | None = None,
) -> dict[str, Any]:
    """Everything the page and its live parts are drawn from. A form that was refused is shown as it was sent."""
    now = timezone.now()
    # Before anything else is read: a mark that were newer than the page would keep the page as it is for good.
    mark = queries.live_mark(pk=candidacy.pk, user=user, now=now)
    panel = queries.panel_rows(candidacy=candidacy, user=user)
    meeting = translate.meeting_of(candidacy=candidacy, user=user, now=now, panel=panel)
    page = translate.debrief_page(candidacy=candidacy, user=user, panel=panel)
    own = next((voice for voice in meeting.voices if voice.person.pk == user.pk), None)
    return {
        "candidacy": candidacy,
        "page": page,
        "meeting": meeting,
        "story": translate.story_page(page=page, meeting=meeting),
        "parity": translate.parity_page(candidacy=candidacy, panel=panel),
        "choices": Scorecard.Recommendation.choices,
        "form": decision or DecisionForm(against=meeting.against),
        "vote_form": vote or VoteForm(first=own.first if own else ""),
        "otherwise": meeting.against.get(page.decision.outcome, []) if page.decision else [],
        "shows_vote": meeting.can_vote or bool(vote),
        "shows_decision": meeting.can_decide or bool(decision),
        "mark": mark,
        "oob": False,
    }


def debrief_response(
    request: SignedInRequest,
    candidacy: Candidacy,
    *,
    decision: DecisionForm | None = None,
    vote: VoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = page_context(request, candidacy, user=request.user, decision=decision, vote=vote)
    context["reading"] = translate.panel_reading(page=context["page"], user=request.user, now=timezone.now())
    return render(request, "debriefs/debrief.html", context, status=status)
