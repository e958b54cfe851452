from django.urls import path

from apps.loops import views

urlpatterns = [
    path("roles/", views.roles, name="roles"),
    path("roles/new/", views.role_new, name="role-new"),
    path("roles/<int:pk>/", views.role, name="role"),
    path("roles/<int:pk>/requirements/", views.requirements, name="requirements"),
    path("roles/<int:pk>/generate/", views.generate, name="generate"),
    path("plans/<int:pk>/", views.plan, name="plan"),
    path("plans/<int:pk>/again/", views.plan_again, name="plan-again"),
    path("plans/<int:pk>/add/", views.plan_add, name="plan-add"),
    path("plans/<int:pk>/order/", views.plan_order, name="plan-order"),
    path("plans/<int:pk>/allow/<slug:slug>/", views.plan_allow, name="plan-allow"),
    path("plans/<int:pk>/publish/", views.plan_publish, name="plan-publish"),
    path("plans/<int:pk>/archive/", views.plan_archive, name="plan-archive"),
    path("plans/<int:pk>/copy/", views.plan_copy, name="plan-copy"),
    path("plans/<int:pk>/stations/<int:station_pk>/move/", views.station_move, name="station-move"),
    path("plans/<int:pk>/stations/<int:station_pk>/pin/", views.station_pin, name="station-pin"),
    path("plans/<int:pk>/stations/<int:station_pk>/remove/", views.station_remove, name="station-remove"),
    path("plans/<int:pk>/stations/<int:station_pk>/swap/", views.station_swap, name="station-swap"),
]
