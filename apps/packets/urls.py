"""Addresses of the packets and of background jobs; included at the root."""

from django.urls import path

from apps.packets import views

urlpatterns = [
    path("packets/", views.packets, name="packets"),
    path("packets/bulk/", views.packets_bulk, name="packets-bulk"),
    path("packets/<int:packet_id>/download/", views.packet_download, name="packet-download"),
    path("candidacies/<int:candidacy_id>/packets/", views.packet_request, name="packet-request"),
    path("interviews/<int:interview_id>/kit/", views.packet_own_kit, name="packet-own-kit"),
    path("audits/<int:audit_id>/report.pdf", views.audit_report, name="audit-report"),
    path("jobs/<int:job_id>/", views.job, name="job"),
]
