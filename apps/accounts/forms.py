"""Signing in, and what people set for themselves."""

import zoneinfo
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, Submit
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from apps.accounts.models import User


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "That e-mail address and password do not belong together. Check both and try again.",
        "inactive": "This account is switched off. Ask an administrator.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("sign_in", "Sign in"))


class PreferencesForm(forms.ModelForm):
    """In which zone one reads times, and when mail about scorecards may come."""

    time_zone = forms.ChoiceField(help_text="Times are shown in it, on every page and in mail.")
    quiet_from = forms.TimeField(label="No mail from", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    quiet_until = forms.TimeField(
        label="until",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="The same time twice: no quiet hours.",
    )

    class Meta:
        model = User
        fields = ["time_zone", "reminders", "quiet_from", "quiet_until", "quiet_weekends"]
        help_texts = {"reminders": "One mail a day comes at the end of your quiet hours."}
        labels = {"reminders": "Mail about scorecards you owe", "quiet_weekends": "No mail on Saturdays and Sundays"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC"}
        names.add(self.instance.time_zone)
        self.fields["time_zone"].choices = [(name, name) for name in sorted(names)]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "time_zone",
            "reminders",
            Div(Div("quiet_from", css_class="col-6"), Div("quiet_until", css_class="col-6"), css_class="row g-3"),
            "quiet_weekends",
        )
        self.helper.add_input(Submit("save", "Save"))


class PasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("change", "Change the password"))
