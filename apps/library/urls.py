from django.urls import path

from apps.library.views import reading, rubrics, stations

urlpatterns = [
    path("stations/", reading.stations, name="stations"),
    path("stations/new/", stations.station_new, name="station-new"),
    path("stations/review/", stations.review_queue, name="review-queue"),
    path("stations/<slug:slug>/", reading.station, name="station"),
    path("stations/<slug:slug>/edit/", stations.station_edit, name="station-edit"),
    path("stations/<slug:slug>/review/", stations.station_review, name="station-review"),
    path("stations/<slug:slug>/state/", stations.station_state, name="station-state"),
    path("competencies/", reading.competencies, name="competencies"),
    path("competencies/<slug:slug>/", reading.competency, name="competency"),
    path("competencies/<slug:slug>/rubric/", rubrics.rubric_edit, name="rubric-edit"),
]
