from django.urls import path

from apps.debriefs.views import calibration, debrief, meeting

urlpatterns = [
    path("candidacies/<int:pk>/debrief/", debrief.debrief, name="debrief"),
    path("candidacies/<int:pk>/debrief/open/", meeting.debrief_open, name="debrief-open"),
    path("candidacies/<int:pk>/debrief/step/", meeting.debrief_step, name="debrief-step"),
    path("candidacies/<int:pk>/debrief/vote/", meeting.debrief_vote, name="debrief-vote"),
    path("candidacies/<int:pk>/debrief/live/", meeting.debrief_live, name="debrief-live"),
    path("calibration/", calibration.calibration, name="calibration"),
    path("calibration/make/", calibration.calibrate, name="calibrate"),
    path("interviewers/<int:pk>/calibration/", calibration.interviewer_calibration, name="interviewer-calibration"),
]
