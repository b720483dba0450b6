"""The small forms of each step of a membership: admission, end, a voided number, an opened identity number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kkmp.fields import DayField, no_national_id
from members.models import NUMBER_LENGTH, EndReason, Member, MemberKind
from members.services import NEVER_OF_MEMBERS, OF_APPLICANTS

OTHER = "other"
PURPOSES = [
    ("service", _("Pelayanan atas permintaan anggota")),
    ("verification", _("Mencocokkan dengan KTP")),
    ("official", _("Permintaan resmi instansi")),
    ("correction", _("Memeriksa data yang diduga keliru")),
    (OTHER, _("Lainnya")),
]


class AdmitForm(forms.Form):
    """Without a number the next free one is given."""

    joined_on = DayField(label=_("Tanggal masuk"), is_past=True)
    kind = forms.ChoiceField(
        label=_("Diterima sebagai"), choices=MemberKind.choices, widget=forms.RadioSelect
    )
    number = forms.CharField(
        label=_("Nomor anggota"),
        required=False,
        max_length=NUMBER_LENGTH,
        help_text=_("Kosongkan untuk nomor berikutnya. Isi hanya bila buku anggota menulis lain."),
    )


class EndForm(forms.Form):
    """Of an applicant the application ends, of a member the membership."""

    ended_on = DayField(label=_("Tanggal keluar"), is_past=True)
    end_reason = forms.ChoiceField(label=_("Sebab keluar"))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (reason.value, reason.label)
            for reason in EndReason
            if (reason not in NEVER_OF_MEMBERS if member.joined_on else reason in OF_APPLICANTS)
        ]
        self.fields["end_reason"].choices = [("", _("Pilih")), *offered]  # type: ignore[attr-defined]
        if not member.joined_on:
            self.fields["ended_on"].label = _("Tanggal selesai")
            self.fields["end_reason"].label = _("Sebab")


class VoidForm(forms.Form):
    reason = forms.CharField(
        label=_("Sebab pembatalan"),
        max_length=200,
        validators=[no_national_id],
        help_text=_("Tampil di buku anggota di samping nomor ini. Jangan menulis NIK."),
    )


class RevealForm(forms.Form):
    """Why somebody looks at a whole identity number; stays in the access log."""

    purpose = forms.ChoiceField(label=_("Keperluan"), choices=[("", _("Pilih")), *PURPOSES])
    text = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=120,
        help_text=_("Misalnya nomor surat. Tercatat di log akses; jangan menulis NIK."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("purpose") == OTHER and not cleaned.get("text"):
            self.add_error("text", _("Tulis keperluannya."))
        return cleaned

    def in_words(self) -> str:
        """The purpose as the access log keeps it."""
        chosen = str(dict(PURPOSES)[self.cleaned_data["purpose"]])
        return ": ".join(filter(None, (chosen, self.cleaned_data["text"])))
