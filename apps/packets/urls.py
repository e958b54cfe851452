"""Addresses of the packets, of exports and of background jobs; included at the root."""

from django.urls import path

from apps.packets import views

urlpatterns = [
    path("packets/", views.packets, name="packets"),
    path("packets/bulk/", views.packets_bulk, name="packets-bulk"),
    path("packets/send/", views.packets_send, name="packets-send"),
    path("packets/send/choose/", views.packets_send_choose, name="packets-send-choose"),
    path("packets/<int:packet_id>/", views.packet, name="packet"),
    path("packets/<int:packet_id>/download/", views.packet_download, name="packet-download"),
    path("packets/sendings/<int:sending_id>/revoke/", views.sending_revoke, name="sending-revoke"),
    path("p/<str:token>/", views.private_link, name="private-link"),
    path("packets/exports/<int:export_id>/", views.export, name="export"),
    path("packets/exports/<int:export_id>/cancel/", views.export_cancel, name="export-cancel"),
    path("packets/exports/<int:export_id>/resume/", views.export_resume, name="export-resume"),
    path("packets/exports/<int:export_id>/again/", views.export_again, name="export-again"),
    path("packets/exports/<int:export_id>/download/", views.export_download, name="export-download"),
    path("candidacies/<int:candidacy_id>/packets/", views.packet_request, name="packet-request"),
    path("interviews/<int:interview_id>/kit/", views.packet_own_kit, name="packet-own-kit"),
    path("audits/<int:audit_id>/report.pdf", views.audit_report, name="audit-report"),
    path("plans/<int:plan_id>/plan.pdf", views.plan_sheet, name="plan-sheet"),
    path("jobs/<int:job_id>/", views.job, name="job"),
]
