from django.urls import path

from apps.interviews import views

urlpatterns = [
    path("candidates/", views.candidates, name="candidates"),
    path("candidates/new/", views.candidate_new, name="candidate-new"),
    path("candidates/import/", views.candidate_import, name="candidate-import"),
    path("candidates/<int:pk>/", views.candidate, name="candidate"),
    path("candidates/<int:pk>/start/", views.candidacy_start, name="candidacy-start"),
    path("candidacies/", views.candidacies, name="candidacies"),
    path("candidacies/<int:pk>/", views.candidacy, name="candidacy"),
    path("candidacies/<int:pk>/withdraw/", views.candidacy_withdraw, name="candidacy-withdraw"),
    path("interviews/", views.interviews, name="interviews"),
    path("interviews/<int:pk>/", views.interview, name="interview"),
    path("interviews/<int:pk>/schedule/", views.interview_schedule, name="interview-schedule"),
    path("interviews/<int:pk>/cancel/", views.interview_cancel, name="interview-cancel"),
    path("seats/<int:pk>/excuse/", views.seat_excuse, name="seat-excuse"),
]
