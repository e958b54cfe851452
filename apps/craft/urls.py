"""Addresses of the AI craft kits; included at the root."""

from django.urls import path

from apps.craft import views

urlpatterns = [
    path("craft/", views.kits, name="kits"),
    path("craft/kits/<slug:kit_id>/", views.kit, name="kit"),
    path("craft/kits/<slug:kit_id>/runs/", views.kit_run, name="kit-run"),
    path("craft/kits/<slug:kit_id>/runs/import/", views.kit_runs_import, name="kit-runs-import"),
    path("craft/kits/<slug:kit_id>/review/", views.kit_review, name="kit-review"),
    path("craft/kits/<slug:kit_id>/retire/", views.kit_retire, name="kit-retire"),
    path("craft/kits/<slug:kit_id>/restore/", views.kit_restore, name="kit-restore"),
    path("interviews/<int:interview_id>/craft/", views.craft_interview, name="craft-interview"),
    path("craft/assignments/<int:assignment_id>/", views.craft_result, name="craft-result"),
    path("craft/assignments/<int:assignment_id>/guide/", views.craft_guide, name="craft-guide"),
    path("craft/assignments/<int:assignment_id>/grade/", views.craft_grade, name="craft-grade"),
    path("craft/assignments/<int:assignment_id>/link/", views.craft_link, name="craft-link"),
    path("craft/assignments/<int:assignment_id>/mail/", views.craft_mail, name="craft-mail"),
    path("craft/assignments/<int:assignment_id>/close-links/", views.craft_close_links, name="craft-close-links"),
    path("craft/assignments/<int:assignment_id>/extend/", views.craft_extend, name="craft-extend"),
    path("craft/assignments/<int:assignment_id>/withdraw/", views.craft_withdraw, name="craft-withdraw"),
    path("craft/assignments/<int:assignment_id>/prepare/", views.craft_prepare, name="craft-prepare"),
    path("craft/submissions/<int:submission_id>/", views.craft_submission, name="craft-submission"),
    # Below /p/, which the log of requests leaves out: the address is the secret.
    path("p/craft/<str:token>/", views.craft_private, name="craft-private"),
]
