"""What people fill in to ask for packets: clean and stop."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from apps.accounts.models import User
from apps.interviews.models import Candidacy
from apps.loops.models import Role
from apps.packets.core import mail
from apps.packets.models import Export, Packet, Sending
from apps.packets.queries import TO_CANDIDATES, WAYS, BulkFilter, MailText, default_mail

SUBJECT_ACCESS = Packet.Kind.SUBJECT_ACCESS


class RequestPacketsForm(forms.Form):
    """Which packets of one candidacy."""

    kinds = forms.MultipleChoiceField(
        label="Make",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of packet."},
    )
    hide_names = forms.BooleanField(
        label="Hide interviewers' names in a subject-access copy",
        help_text="They become “Interviewer 1” and so on. Read the copy before you hand it out: people described "
        "without a name stay in it.",
        required=False,
        initial=True,
    )
    paper = forms.ChoiceField(
        label="Paper", choices=Packet.Paper.choices, widget=forms.RadioSelect, required=False, initial=Packet.Paper.A4
    )

    def __init__(self, *args: Any, candidacy: Candidacy, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]  # the field above is one of choices
        if SUBJECT_ACCESS not in dict(kinds):
            del self.fields["hide_names"]
        self.helper = FormHelper()
        self.helper.form_action = reverse("packet-request", args=[candidacy.pk])
        self.helper.layout = Layout(*self.fields, Submit("make", "Make packets"))


class BulkFilterForm(forms.Form):
    """Which candidates one looks for; read from the address."""

    STATES = (("active", "Going on"), ("ended", "Ended"), ("all", "All"))

    q = forms.CharField(label="Name", max_length=100, required=False)
    state = forms.ChoiceField(label="Candidacy", choices=STATES, required=False)
    held_from = forms.DateField(label="Interview held from", required=False)
    held_to = forms.DateField(label="Interview held until", required=False)
    role = forms.ModelMultipleChoiceField(
        label="Roles", queryset=Role.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, roles: QuerySet[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]  # the field above is one of choices
        self.fields["q"].widget.attrs.update({"class": "form-control", "type": "search"})
        self.fields["state"].widget.attrs["class"] = "form-select"
        for name in ("held_from", "held_to"):
            self.fields[name].widget = forms.DateInput({"type": "date", "class": "form-control"}, format="%Y-%m-%d")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("held_from"), cleaned.get("held_to")
        if first and last and last < first:
            self.add_error("held_to", "The last day comes before the first.")
        return cleaned

    def chosen(self) -> BulkFilter | None:
        """None where something in the address makes no sense; the form says what."""
        if not self.is_valid():
            return None
        cleaned = self.cleaned_data
        return BulkFilter(
            roles=tuple(role.pk for role in cleaned["role"]),
            held_from=cleaned["held_from"],
            held_to=cleaned["held_to"],
            state=cleaned["state"] or "active",
            name=cleaned["q"].strip(),
        )


class BulkPacketsForm(forms.Form):
    """The same kinds of packets for several candidacies, as one file."""

    RECIPIENTS = (("all", "Everybody assigned to interview"), ("chosen", "Only these interviewers"))

    everyone = forms.BooleanField(required=False)
    candidacies = forms.ModelMultipleChoiceField(
        label="For",
        queryset=Candidacy.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "One of the candidates is not there any more. Choose again."},
    )
    kinds = forms.MultipleChoiceField(
        label="Make",
        choices=Packet.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of packet."},
    )
    recipients = forms.ChoiceField(
        label="Interviewer kits for", choices=RECIPIENTS, widget=forms.RadioSelect, required=False, initial="all"
    )
    interviewers = forms.ModelMultipleChoiceField(
        label="Interviewers", queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    paper = forms.ChoiceField(
        label="Paper", choices=Packet.Paper.choices, widget=forms.RadioSelect, required=False, initial=Packet.Paper.A4
    )
    form = forms.ChoiceField(
        label="File", choices=Export.Form.choices, widget=forms.RadioSelect, required=False, initial=Export.Form.ZIP
    )
    hide_names = forms.BooleanField(
        label="Hide interviewers' names in subject-access copies", required=False, initial=True
    )

    def __init__(self, *args: Any, candidacies: QuerySet[Candidacy], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["candidacies"].queryset = candidacies  # type: ignore[attr-defined]  # both are fields of choices
        self.fields["interviewers"].queryset = people  # type: ignore[attr-defined]  # as above
        for name in ("kinds", "recipients", "paper", "form", "hide_names"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    def chosen(self, name: str) -> list[int]:
        """The numbers chosen in a field so far, by what was sent or by the address; what is no number is left out."""
        return [int(value) for value in self[name].value() or [] if str(value).isascii() and str(value).isdecimal()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, default in (("recipients", "all"), ("paper", Packet.Paper.A4), ("form", Export.Form.ZIP)):
            cleaned[name] = cleaned.get(name) or default
        if not cleaned.get("everyone") and not cleaned.get("candidacies") and "candidacies" not in self.errors:
            self.add_error("candidacies", "Choose at least one candidate.")
        wants_kits = Packet.Kind.INTERVIEWER_KIT in cleaned.get("kinds", [])
        if wants_kits and cleaned["recipients"] == "chosen" and not cleaned.get("interviewers"):
            self.add_error("interviewers", "Choose at least one interviewer, or everybody assigned.")
        return cleaned

    def readers(self) -> list[User] | None:
        """Whose kits are made; None for everybody's."""
        return list(self.cleaned_data["interviewers"]) if self.cleaned_data["recipients"] == "chosen" else None


class MailForm(forms.Form):
    """How one kind of packet is mailed, what the mail says, and to whom what a panel wrote goes."""

    how = forms.ChoiceField(label="As", widget=forms.RadioSelect, required=False)
    people = forms.ModelMultipleChoiceField(
        label="To",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one reader."},
    )
    subject = forms.CharField(max_length=200)
    body = forms.CharField(label="Text", max_length=10_000, widget=forms.Textarea)

    def __init__(self, data: QueryDict | None = None, *, kind: str, people: list[User]) -> None:
        self.posted = data
        self.ways = WAYS[kind]
        self.kind = Packet.Kind(kind)
        usual = default_mail(kind, self.ways[0])
        initial = {"how": usual.how, "subject": usual.subject, "body": usual.body}
        super().__init__(data, prefix=kind, initial=initial)
        self.fields["how"].choices = [(way.value, self._name(way)) for way in self.ways]  # type: ignore[attr-defined]  # a field of choices
        if kind in Packet.PANEL_KINDS:
            field = self.fields["people"]
            field.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("name", "pk")  # type: ignore[attr-defined]  # a field of choices
        else:
            del self.fields["people"]
        for name in ("subject", "body"):
            self.fields[name].widget.attrs["class"] = "form-control"
        for name in ("how", "people"):
            if name in self.fields:
                self.fields[name].widget.attrs["class"] = "form-check-input"
        self.fields["body"].widget.attrs["rows"] = 13

    def _name(self, way: Sending.How) -> str:
        if way == Sending.How.ATTACHMENT:
            return "Attachment"
        return "Private link that expires" if self.kind in TO_CANDIDATES else "Link, opened signed in"

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or self.ways[0]

    def clean_subject(self) -> str:
        subject: str = self.cleaned_data["subject"]
        if not mail.is_one_line(subject):
            raise ValidationError("The subject is one line.")
        _refuse_unknown(subject)
        if "link" in mail.placeholders_in(subject):
            raise ValidationError("A link belongs into the text, not into the subject.")
        return subject

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n").replace("\r", "\n")
        _refuse_unknown(body)
        return body

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"how", "subject", "body"} <= set(cleaned):
            self._follow_the_way(cleaned)
            used = mail.placeholders_in(cleaned["body"]) | mail.placeholders_in(cleaned["subject"])
            is_link = cleaned["how"] == Sending.How.LINK
            is_private = is_link and self.kind in TO_CANDIDATES
            if is_link and "link" not in used:
                self.add_error("body", "Say {link} somewhere: without it, this mail leads nowhere.")
            if not is_link and "link" in used:
                self.add_error("body", "A mail with an attachment has no link. Take {link} out, or send a link.")
            if not is_private and "expires" in used:
                self.add_error("body", "Only a private link expires. Take {expires} out.")
        return cleaned

    def _follow_the_way(self, cleaned: dict[str, Any]) -> None:
        """Who chooses another way and left the text alone gets that way's text, in the form as well."""
        others = [default_mail(self.kind, way).body for way in self.ways if way != cleaned["how"]]
        if self.posted is not None and cleaned["body"] in others:
            cleaned["body"] = default_mail(self.kind, cleaned["how"]).body
            shown = self.posted.copy()
            shown[self.add_prefix("body")] = cleaned["body"]
            self.data = shown

    def text(self) -> MailText:
        """What stands in the form: as it was sent, or as it is shown first."""
        if not self.is_bound:
            return MailText(how=self.initial["how"], subject=self.initial["subject"], body=self.initial["body"])
        cleaned = self.cleaned_data
        people = tuple(cleaned.get("people", ()))
        return MailText(how=cleaned["how"], subject=cleaned["subject"], body=cleaned["body"], people=people)

    def lacks_readers(self) -> bool:
        return "people" in self.fields and not self["people"].value()


def _refuse_unknown(text: str) -> None:
    if unknown := mail.unknown_placeholders(text):
        named = ", ".join(f"{{{name}}}" for name in unknown[:5])
        known = ", ".join(f"{{{name}}}" for name in mail.PLACEHOLDERS)
        raise ValidationError(f"There is no placeholder {named}. There are {known}.")
