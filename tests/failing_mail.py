"""A mail server that refuses one address and takes all others."""

from collections.abc import Sequence
from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend as Kept
from django.core.mail.message import EmailMessage

REFUSED = "rusak@contoh.example"


class EmailBackend(Kept):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if any(REFUSED in message.to for message in messages):
            raise SMTPRecipientsRefused({REFUSED: (550, b"unknown")})
        return super().send_messages(messages)
