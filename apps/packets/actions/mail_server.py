"""The mail server as the worker meets it: takes a mail, or there is a sentence that says why not."""

import logging
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.core.mail import EmailMessage, get_connection

logger = logging.getLogger(__name__)

BROKE_OFF = (
    "The mail server broke off while it took this mail, so it may have arrived or not. A link in it is closed. "
    "Ask the reader, or send it again."
)
SERVER_AWAY = "The mail server did not answer. Nothing went out; send it again later."
NOT_WRITTEN = "The mail could not be put together. Tell who runs this server."


class MailServer:
    """The mail server, over one connection for a whole job. Once it does not answer, it is not asked again."""

    def __init__(self) -> None:
        self.connection = get_connection()
        self.is_away = False

    def take(self, message: EmailMessage) -> str:
        """Empty where the server took the mail, and else a sentence that says what happened."""
        try:
            if not self.is_away:
                self.connection.open()
        except OSError as error:
            logger.warning("The mail server failed (%s).", type(error).__name__)
            self.is_away = True
        if self.is_away:
            return SERVER_AWAY
        try:
            self.connection.send_messages([message])
        except SMTPRecipientsRefused as error:
            codes = sorted({str(code) for code, _ in error.recipients.values()})
            return f"The mail server does not take mail for this address ({', '.join(codes)})."
        except (SMTPDataError, SMTPSenderRefused) as error:
            return f"The mail server refused this mail ({error.smtp_code})."
        except OSError as error:
            logger.warning("The mail server broke off (%s).", type(error).__name__)
            self.close()
            return BROKE_OFF
        except Exception:
            logger.exception("A mail could not be put together.")
            return NOT_WRITTEN
        return ""

    def close(self) -> None:
        try:
            self.connection.close()
        except OSError:
            self.connection = get_connection()
