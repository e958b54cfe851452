"""The admin site for the rest, in one place: what may be edited by hand, and what only read.

What interviewers wrote is read-only here and comes through `visible_to`, like everywhere else.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from apps.accounts.actions import set_kinds
from apps.accounts.models import Kind, User
from apps.common.actions import record
from apps.common.models import AuditLine, Job
from apps.debriefs.models import Decision
from apps.desk.queries import audit_lines
from apps.interviews.models import Candidacy, Candidate, Interview, Rating, Scorecard, Seat
from apps.library.models import Competency, Framework, Rubric, Station, StationVersion
from apps.loops.models import LoopPlan, Role
from apps.panel.models import Training

admin.site.site_header = "hiringloop administration"
admin.site.site_title = "hiringloop"
admin.site.index_title = "Everything without a page of its own"
admin.site.unregister(Group)


class AuditedAdmin(admin.ModelAdmin):
    """Changes by hand leave an audit line too; nothing is deleted here."""

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: Any) -> None:
        super().save_model(request, obj, form, change)
        changed = [name for name in form.changed_data if "password" not in name]
        record(
            by=request.user,
            verb="changed in admin" if change else "added in admin",
            thing=obj,
            after={"fields": changed},
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Not from a thing to what points at it: ?scorecards__isnull=False would tell who has begun to write."""
        own = {field.name for field in (*self.opts.fields, *self.opts.many_to_many)} | {"pk"}
        own -= set(self.exclude or ())  # ?private_notes__startswith=x would spell out what is not shown
        return lookup.partition("__")[0] in own and super().lookup_allowed(lookup, value, request)


class ReadOnlyAdmin(AuditedAdmin):
    """Only to look at; rows come through `visible_to` where the model has it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if hasattr(rows, "visible_to"):
            return rows.visible_to(request.user)
        return rows


class NewPersonForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name", "time_zone", "groups")


@admin.register(User)
class PersonAdmin(AuditedAdmin, UserAdmin):
    add_form = NewPersonForm
    list_display = ["name", "email", "kinds_in_words", "is_active", "is_staff"]
    list_filter = ["groups", "is_active"]
    search_fields = ["name", "email"]
    ordering = ["name"]
    filter_horizontal = ["groups"]
    readonly_fields = ["last_login", "joined_at"]
    fieldsets = [
        (None, {"fields": ["email", "name", "time_zone", "password"]}),
        ("Kind of person", {"fields": ["groups", "is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "joined_at"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "name", "time_zone", "groups", "usable_password", "password1", "password2"]})
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("groups")

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: Any) -> None:
        kinds = [Kind(group.name) for group in form.cleaned_data["groups"] if group.name in Kind.values]
        set_kinds(person=form.instance, kinds=kinds, by=request.user)
        super().save_related(request, form, formsets, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002  # Django's name
        """Django's own page; a password that is another one afterwards leaves a line."""
        with transaction.atomic():
            before = self.get_object(request, unquote(id))
            response = super().user_change_password(request, id, form_url)
            after = self.get_object(request, unquote(id))
            if before is not None and after is not None and before.password != after.password:
                record(by=request.user, verb="changed password in admin", thing=after)
        return response

    @admin.display(description="kinds")
    def kinds_in_words(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all())


@admin.register(Training)
class TrainingAdmin(AuditedAdmin):
    list_display = ["interviewer", "station", "stage", "since"]
    list_filter = ["stage"]
    list_select_related = ["interviewer", "station__current"]
    search_fields = ["interviewer__name", "station__slug"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def delete_model(self, request: HttpRequest, obj: Training) -> None:
        record(by=request.user, verb="deleted in admin", thing=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for training in queryset:
            self.delete_model(request, training)


@admin.register(Candidate)
class CandidateAdmin(AuditedAdmin):
    list_display = ["name", "email", "time_zone", "source"]
    search_fields = ["name", "email"]


@admin.register(Role)
class RoleAdmin(AuditedAdmin):
    list_display = ["title", "state", "created_by", "created_at"]
    list_select_related = ["created_by"]
    fields = ["title", "summary", "state"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Station)
class StationAdmin(ReadOnlyAdmin):
    """Edited, reviewed and moved on its own pages, which keep versions, reasons and reviews."""

    list_display = ["slug", "kind", "state", "reviewed_on", "half_life_months"]
    list_filter = ["kind", "state"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("current")


@admin.register(Framework, Competency, Rubric, StationVersion, LoopPlan, Interview, Job)
class PlainReadOnlyAdmin(ReadOnlyAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        related = {
            Rubric: ["competency"],
            LoopPlan: ["role"],
            Interview: ["candidacy__candidate", "plan_station__version"],
        }.get(self.model, [])
        return rows.select_related(*related) if related else rows


@admin.register(Candidacy)
class CandidacyAdmin(ReadOnlyAdmin):
    """Without the moment its debrief opened: it tells somebody who owes that others have submitted."""

    list_select_related = ["candidate", "role"]
    exclude = ["debrief_opened_at"]


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    """Without `informed`: it tells somebody who owes that others have submitted."""

    exclude = ["informed"]
    list_display = ["interviewer", "interview", "state"]
    list_select_related = ["interviewer", "interview__candidacy__candidate", "interview__plan_station__version"]


@admin.register(Scorecard)
class ScorecardAdmin(ReadOnlyAdmin):
    list_display = ["interviewer", "interview", "state", "submitted_at"]
    list_select_related = ["interviewer", "interview__candidacy__candidate", "interview__plan_station__version"]
    exclude = ["private_notes", "after_debrief"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("private_notes")


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ["scorecard", "competency", "level", "no_evidence"]
    list_select_related = [
        "competency",
        "scorecard__interviewer",
        "scorecard__interview__candidacy__candidate",
        "scorecard__interview__plan_station__version",
    ]


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["candidacy", "outcome", "decided_by", "decided_at"]
    list_select_related = ["candidacy__candidate", "candidacy__role", "decided_by"]


@admin.register(AuditLine)
class AuditLineAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "verb", "object_type", "object_name"]
    list_filter = ["verb"]
    list_select_related = ["by"]
    search_fields = ["object_name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return audit_lines(user=request.user)
