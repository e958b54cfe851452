from django.urls import path

from apps.loops.views import plans, roles

urlpatterns = [
    path("roles/", roles.roles, name="roles"),
    path("roles/new/", roles.role_new, name="role-new"),
    path("roles/<int:pk>/", roles.role, name="role"),
    path("roles/<int:pk>/requirements/", roles.requirements, name="requirements"),
    path("roles/<int:pk>/generate/", plans.generate, name="generate"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/again/", plans.plan_again, name="plan-again"),
    path("plans/<int:pk>/add/", plans.plan_add, name="plan-add"),
    path("plans/<int:pk>/order/", plans.plan_order, name="plan-order"),
    path("plans/<int:pk>/allow/<slug:slug>/", plans.plan_allow, name="plan-allow"),
    path("plans/<int:pk>/publish/", plans.plan_publish, name="plan-publish"),
    path("plans/<int:pk>/archive/", plans.plan_archive, name="plan-archive"),
    path("plans/<int:pk>/copy/", plans.plan_copy, name="plan-copy"),
    path("plans/<int:pk>/stations/<int:station_pk>/move/", plans.station_move, name="station-move"),
    path("plans/<int:pk>/stations/<int:station_pk>/pin/", plans.station_pin, name="station-pin"),
    path("plans/<int:pk>/stations/<int:station_pk>/remove/", plans.station_remove, name="station-remove"),
    path("plans/<int:pk>/stations/<int:station_pk>/swap/", plans.station_swap, name="station-swap"),
]
