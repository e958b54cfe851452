from django.urls import path

from apps.library import views

urlpatterns = [
    path("stations/", views.stations, name="stations"),
    path("stations/<slug:slug>/", views.station, name="station"),
    path("competencies/", views.competencies, name="competencies"),
    path("competencies/<slug:slug>/", views.competency, name="competency"),
]
