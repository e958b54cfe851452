"""Packets on other apps' pages, which lie below this app and so cannot import it.

{% load packets %}{% candidacy_packets candidacy %}   the packets of a candidacy with the form that asks for more
{% load packets %}{% own_kit_button interview %}      the button that makes one's own interviewer kit
"""

from typing import Any

from django import template

from apps.interviews.models import Candidacy, Interview, Seat
from apps.packets import queries
from apps.packets.forms import RequestPacketsForm
from apps.packets.models import Packet

register = template.Library()


@register.inclusion_tag("packets/_candidacy_packets.html", takes_context=True)
def candidacy_packets(context: template.Context, candidacy: Candidacy) -> dict[str, Any]:
    request = context["request"]
    page = queries.candidacy_packets(candidacy=candidacy, user=request.user)
    form = RequestPacketsForm(
        candidacy=candidacy,
        kinds=page.kinds,
        initial={"kinds": [Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF]},
    )
    return {"request": request, "packets": page, "form": form, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("packets/_own_kit.html", takes_context=True)
def own_kit_button(context: template.Context, interview: Interview) -> dict[str, Any]:
    request = context["request"]
    sits = Seat.objects.assigned().filter(interview=interview, interviewer=request.user).exists()
    return {"interview": interview, "sits": sits, "csrf_token": context.get("csrf_token")}
