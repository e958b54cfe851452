from django.urls import path

from apps.interviews.views import amendments, calibration, candidacies, candidates, interviews, lateness, move, sheets

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
    path("interviews/<int:pk>/sheet/", sheets.interview_sheet, name="interview-sheet"),
    path("interviews/<int:pk>/sheet.<str:kind>", sheets.interview_sheet_file, name="interview-sheet-file"),
    path("interviews/<int:pk>/schedule/", candidacies.interview_schedule, name="interview-schedule"),
    path("interviews/<int:pk>/cancel/", candidacies.interview_cancel, name="interview-cancel"),
    path("interviews/<int:pk>/enter-for/<int:seat_pk>/", amendments.interview_enter_for, name="interview-enter-for"),
    path("scorecards/<int:pk>/amend/", amendments.scorecard_amend, name="scorecard-amend"),
    path("seats/<int:pk>/excuse/", candidacies.seat_excuse, name="seat-excuse"),
    path("seats/<int:pk>/remind/", lateness.seat_remind, name="seat-remind"),
    path("scorecards/", lateness.scorecards, name="scorecards"),
    path("calibration-items/", calibration.calibration_items, name="calibration-items"),
    path("calibration-items/new/", calibration.calibration_item_new, name="calibration-item-new"),
    path("calibration-items/<int:pk>/", calibration.calibration_item, name="calibration-item"),
    path("calibration-items/<int:pk>/edit/", calibration.calibration_item_edit, name="calibration-item-edit"),
    path("calibration-items/<int:pk>/state/", calibration.calibration_item_state, name="calibration-item-state"),
]
