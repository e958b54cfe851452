"""Everyone's own page: how they are reminded, and their password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import actions
from apps.accounts.forms import PasswordForm, PreferencesForm
from apps.accounts.models import SignedInRequest, User


@require_http_methods(["GET", "POST"])
def me(request: SignedInRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    form = PreferencesForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_preferences(person=request.user, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved.")
            return redirect("me")
    return render(request, "accounts/me.html", {"form": form})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.change_password(person=request.user, password=form.cleaned_data["new_password1"], by=request.user)
        update_session_auth_hash(request, request.user)  # this browser stays signed in, every other is signed out
        messages.success(request, "Your password is changed. Other browsers you were signed in with are signed out.")
        return redirect("me")
    return render(request, "accounts/password.html", {"form": form})
