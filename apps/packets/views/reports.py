"""Reports on paper, made while one waits."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from apps.accounts.models import SignedInRequest
from apps.loops.actions import report_of
from apps.loops.models import LoopAudit
from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.render import to_pdf


@require_GET
def audit_report(request: SignedInRequest, audit_id: int) -> HttpResponse:
    """The report of an audit on paper, made while one waits: two pages, about half a second."""
    visible = LoopAudit.objects.visible_to(request.user).filter(state=LoopAudit.State.CONFIRMED)
    audit = get_object_or_404(visible.select_related("role"), pk=audit_id)
    today = timezone.localdate()
    made = to_pdf(AuditSheet(page=report_of(audit=audit, today=today), made_on=today))
    name = f"audit-{slugify(audit.name)[:60] or audit.pk}-{audit.role.slug[:60]}.pdf"
    return HttpResponse(
        made.data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
