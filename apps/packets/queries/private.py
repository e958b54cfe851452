"""Private links: which packet a token opens at this moment."""

import datetime as dt
import hashlib
import zoneinfo

from django.core.signing import BadSignature, Signer
from django.db.models import F

from apps.packets.core.times import zone_or_utc
from apps.packets.models import Packet, PrivateLink, Sending

# Signed, so that a token that was never made is refused without a question to the database.
TOKENS = Signer(salt="packets.private-link", sep=".")


def digest_of(secret: str) -> str:
    """Without salt and stretching: the secret is random and long, no word that one could try out."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_link(*, token: str, now: dt.datetime) -> PrivateLink | None:
    """None for what was never a link, expired, was revoked, or went to an address that is the candidate's no more."""
    try:
        secret = TOKENS.unsign(token)
    except BadSignature:
        return None
    links = PrivateLink.objects.filter(
        digest=digest_of(secret),
        expires_at__gt=now,
        revoked_at=None,
        sending__state__in=(Sending.State.SENDING, Sending.State.SENT),
        sending__to_person=None,
        sending__address__iexact=F("sending__packet__candidacy__candidate__email"),
        sending__packet__state=Packet.State.DONE,
    )
    return links.select_related(
        "sending__packet__candidacy__candidate",
        "sending__packet__candidacy__role",
        "sending__packet__interview",
        "sending__packet__reader",
        "sending__requested_by",
    ).first()


def zone_of_reader(link: PrivateLink) -> zoneinfo.ZoneInfo:
    return zone_or_utc(link.sending.packet.candidacy.candidate.time_zone)
