from django.urls import path

from apps.debriefs import views

urlpatterns = [path("candidacies/<int:pk>/debrief/", views.debrief, name="debrief")]
