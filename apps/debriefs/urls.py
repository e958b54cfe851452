from django.urls import path

from apps.debriefs.views import debrief

urlpatterns = [path("candidacies/<int:pk>/debrief/", debrief.debrief, name="debrief")]
