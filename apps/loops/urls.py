from django.urls import path

from apps.loops.views import audits, compare, explore, plans, roles, whatif

urlpatterns = [
    path("roles/", roles.roles, name="roles"),
    path("roles/new/", roles.role_new, name="role-new"),
    path("roles/<int:pk>/", roles.role, name="role"),
    path("roles/<int:pk>/requirements/", roles.requirements, name="requirements"),
    path("roles/<int:pk>/generate/", plans.generate, name="generate"),
    path("roles/<int:pk>/audits/", audits.audits, name="audits"),
    path("roles/<int:pk>/audits/new/", audits.audit_new, name="audit-new"),
    path("audits/<int:pk>/", audits.audit, name="audit"),
    path("audits/<int:pk>/match/", audits.audit_match, name="audit-match"),
    path("audits/<int:pk>/draft/", audits.audit_draft, name="audit-draft"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/left-out/", explore.left_out, name="plan-left-out"),
    path("plans/<int:pk>/why-not/<slug:slug>/", explore.why_not, name="plan-why-not"),
    path("plans/<int:pk>/alternatives/", explore.plan_alternatives, name="plan-alternatives"),
    path("plans/<int:pk>/compare/", compare.plan_compare, name="plan-compare"),
    path("plans/<int:pk>/what-if/", whatif.plan_what_if, name="plan-what-if"),
    path("plans/<int:pk>/draft/", explore.plan_draft, name="plan-draft"),
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
