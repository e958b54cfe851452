from django.urls import path

from apps.interviews.views import candidacies, candidates, interviews, move

urlpatterns = [
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/new/", candidates.candidate_new, name="candidate-new"),
    path("candidates/import/", candidates.candidate_import, name="candidate-import"),
    path("candidates/<int:pk>/", candidates.candidate, name="candidate"),
    path("candidates/<int:pk>/start/", candidates.candidacy_start, name="candidacy-start"),
    path("candidacies/", candidacies.candidacies, name="candidacies"),
    path("candidacies/<int:pk>/", candidacies.candidacy, name="candidacy"),
    path("candidacies/<int:pk>/move/", move.candidacy_move, name="candidacy-move"),
    path("candidacies/<int:pk>/withdraw/", candidacies.candidacy_withdraw, name="candidacy-withdraw"),
    path("interviews/", interviews.interviews, name="interviews"),
    path("interviews/<int:pk>/", interviews.interview, name="interview"),
    path("interviews/<int:pk>/schedule/", candidacies.interview_schedule, name="interview-schedule"),
    path("interviews/<int:pk>/cancel/", candidacies.interview_cancel, name="interview-cancel"),
    path("seats/<int:pk>/excuse/", candidacies.seat_excuse, name="seat-excuse"),
]
