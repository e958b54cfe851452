"""Reports on paper, made while one waits."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from apps.accounts.models import SignedInRequest
from apps.loops.actions import report_of, sheet_of
from apps.loops.models import LoopAudit, LoopPlan
from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.models import Packet
from apps.packets.render import to_pdf
from apps.packets.translate import to_loop_sheet


@require_GET
def audit_report(request: SignedInRequest, audit_id: int) -> HttpResponse:
    """The report of an audit on paper: two pages, about half a second."""
    visible = LoopAudit.objects.visible_to(request.user).filter(state=LoopAudit.State.CONFIRMED)
    audit = get_object_or_404(visible.select_related("role"), pk=audit_id)
    today = timezone.localdate()
    sheet = AuditSheet(page=report_of(audit=audit, today=today), made_on=today)
    return _download(sheet, f"audit-{slugify(audit.name)[:60] or audit.pk}-{audit.role.slug[:60]}.pdf", request)


@require_GET
def plan_sheet(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """A loop plan on one page."""
    plan = get_object_or_404(LoopPlan.objects.visible_to(request.user).select_related("role"), pk=plan_id)
    today = timezone.localdate()
    sheet = to_loop_sheet(sheet_of(plan=plan, user=request.user, today=today), made_on=today)
    return _download(sheet, f"plan-{plan.number}-{plan.role.slug[:60]}.pdf", request)


def _download(sheet: Any, name: str, request: SignedInRequest) -> HttpResponse:
    """On A4, or on the paper named in the address; what is no paper is A4."""
    paper = request.GET.get("paper", "")
    made = to_pdf(sheet, paper=paper if paper in Packet.Paper.values else Packet.Paper.A4)
    return HttpResponse(
        made.data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
