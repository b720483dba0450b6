"""One membership on a form: an application, a row of an existing register, and what is stored of it later."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Gender
from kkmp.edited import EditedForm
from kkmp.fields import DayField, NationalIdField, no_national_id
from members.admission import missing_for_regular
from members.models import Domicile, EndReason, Member, MemberKind
from members.national_ids import (
    double_of,
    masked,
    open_if_possible,
    refuse_double,
    set_national_id,
    take_seal,
    warnings_about,
)
from members.services import lock_register

PERSON = (
    *("full_name", "national_id", "gender", "birth_date", "phone", "address", "rt", "rw"),
    *("domicile", "ktp_seen_on"),
)


class SealedForm(EditedForm):
    """A member on any form, the back office's too: the identity number as stored now, and every constraint in words."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk:
            take_seal(self.instance)
        for name, value in list(cleaned.items()):
            if name != "national_id" and isinstance(value, str):
                try:
                    no_national_id(value)
                except ValidationError as error:
                    self.add_error(name, error)
        return cleaned

    def _post_clean(self) -> None:
        """All constraints, also those of fields that the form does not ask for: their message, not the database's."""
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, not in the stubs
        if not self.errors:
            try:
                if "ended_on" in self.changed_data and self.instance.ended_on is None:
                    # Living again, beside somebody whose number another key may have sealed.
                    lock_register(self.instance.cooperative_id)
                    refuse_double(self.instance)
                self.instance.validate_constraints()
            except ValidationError as error:
                self.add_error(None, error)


class PersonForm(SealedForm):
    """Who the person is, with an identity number that may follow later. Its cooperative never changes."""

    national_id = NationalIdField(
        label="NIK", help_text=_("16 angka dari KTP. Boleh dikosongkan: NIK menyusul.")
    )
    remove_national_id = forms.BooleanField(label=_("Hapus NIK yang tersimpan"), required=False)
    birth_date = DayField(label=_("Tanggal lahir"), required=False, is_past=True)
    ktp_seen_on = DayField(label=_("KTP dilihat tanggal"), required=False, is_past=True)

    class Meta:
        model = Member
        fields: ClassVar[list[str]] = [name for name in PERSON if name != "national_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_id = masked(self.instance.national_id_last)
        empty: dict[str, tuple[Any, Any]] = {
            "gender": (_("Belum diketahui"), Gender),
            "domicile": (_("Belum diketahui"), Domicile),
            "end_reason": (_("Belum keluar"), EndReason),
        }
        for name, (word, choices) in empty.items():
            if name in self.fields:
                self.fields[name].choices = [("", word), *choices.choices]  # type: ignore[attr-defined]
        if self.stored_id:
            self.fields["national_id"].help_text = _(
                "Tersimpan: %(masked)s. Biarkan kosong bila tidak berubah."
            ) % {"masked": self.stored_id}
        else:
            del self.fields["remove_national_id"]
        self.order_fields(self.shown_order())

    def shown_order(self) -> list[str]:
        after = PERSON.index("national_id") + 1
        return ["number", *PERSON[:after], "remove_national_id", *PERSON[after:]]

    def clean_national_id(self) -> str:
        digits: str = self.cleaned_data["national_id"]
        if digits:
            # Rows of two keys the unique index cannot compare: between question and write nobody comes.
            lock_register(self.instance.cooperative_id)
            ends_here = self.instance.ended_on or self.instance.voided_on
            if not ends_here and (other := double_of(self.instance, digits)):
                raise ValidationError(
                    _("NIK ini sudah tercatat pada %(member)s di koperasi ini."), params={"member": other}
                )
        return digits

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        digits = cleaned.get("national_id", "")
        if digits and cleaned.get("remove_national_id"):
            self.add_error("remove_national_id", _("Isi NIK yang baru, atau hapus: tidak keduanya."))
        elif digits:
            set_national_id(self.instance, digits)
        elif cleaned.get("remove_national_id"):
            set_national_id(self.instance, "")
        if self.instance.pk and (digits or cleaned.get("remove_national_id")):
            # The last digits, all that the history tells, may be the same as before.
            self.instance._change_reason = cleaned.get("change_reason") or gettext("NIK diperbarui")
        return cleaned

    @property
    def warnings(self) -> list[str]:
        """Said after saving, never refused: two people may bear one name, and one person may be written twice."""
        member: Member = self.instance
        told = warnings_about(
            open_if_possible(member),
            cooperative=member.cooperative,
            gender=member.gender,
            birth_date=member.birth_date,
            today=timezone.localdate(),
        )
        same_name = Member.objects.filter(cooperative=member.cooperative, full_name__iexact=member.full_name)
        others = same_name.exclude(pk=member.pk).exclude(number="").order_by("number", "pk")
        if numbers := [other.number for other in others[:3]]:
            told.append(
                gettext("Nama ini juga tercatat dengan nomor %(numbers)s. Periksa apakah orangnya sama.")
                % {"numbers": ", ".join(numbers)}
            )
        return told


class ApplicationForm(PersonForm):
    """Somebody who wants to become a member; the number comes with the admission."""

    applied_on = DayField(label=_("Tanggal permohonan"), is_past=True)

    class Meta(PersonForm.Meta):
        fields: ClassVar[list[str]] = [*PersonForm.Meta.fields, "applied_on"]


class NumberedForm(PersonForm):
    """A membership with a number."""

    joined_on = DayField(label=_("Tanggal masuk"), is_past=True)
    ended_on = DayField(
        label=_("Tanggal keluar"),
        required=False,
        is_past=True,
        help_text=_("Isi bila keanggotaan berakhir; sejak hari itu tidak dihitung sebagai anggota."),
    )

    class Meta(PersonForm.Meta):
        fields: ClassVar[list[str]] = [
            *("number", *PersonForm.Meta.fields),
            *("kind", "joined_on", "ended_on", "end_reason"),
        ]
        help_texts: ClassVar[dict[str, Any]] = {"number": _("Sekali saja di koperasi ini.")}

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        if not number:
            raise ValidationError(_("Nomor anggota wajib diisi."))
        # Of two people with one number at the same moment the second one is told whose it is.
        lock_register(self.instance.cooperative_id)
        others = Member.objects.filter(cooperative=self.instance.cooperative)
        holder = others.filter(number=number).exclude(pk=self.instance.pk).first()
        if holder:
            raise ValidationError(
                _("Nomor %(number)s sudah dipakai %(name)s. Nomor berikutnya yang bebas: %(free)s."),
                params={"number": number, "name": holder.full_name, "free": others.next_number()},
            )
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        joined_on: date | None = cleaned.get("joined_on")
        ended_on: date | None = cleaned.get("ended_on")
        if joined_on and ended_on and ended_on < joined_on:
            message = _("Tanggal keluar tidak boleh sebelum tanggal masuk (%(day)s).")
            self.add_error("ended_on", ValidationError(message, params={"day": date_format(joined_on)}))
        if ended_on and not cleaned.get("end_reason") and "end_reason" not in self.errors:
            self.add_error("end_reason", _("Pilih sebab keluar."))
        if cleaned.get("end_reason") and not ended_on and "ended_on" not in self.errors:
            self.add_error("ended_on", _("Isi tanggal keluar, atau kosongkan sebabnya."))
        return cleaned


class TakeOverForm(NumberedForm):
    """A row of an existing register, as it stands there."""

    class Meta(NumberedForm.Meta):
        help_texts: ClassVar[dict[str, Any]] = {
            "number": _("Sekali saja di koperasi ini. Sudah diusulkan; ubah bila buku anggota menulis lain.")
        }


class MemberForm(NumberedForm):
    """A member as stored. The end of a membership has a page of its own; here its day is corrected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_kind = self.instance.kind
        if self.instance.ended_on is None:
            del self.fields["ended_on"], self.fields["end_reason"]
        else:
            self.fields["ended_on"].help_text = _(
                "Kosongkan, juga sebabnya, bila keanggotaan tidak berakhir."
            )

    def clean_kind(self) -> str:
        """Who becomes a regular member later needs what a new one needs."""
        kind: str = self.cleaned_data["kind"]
        becomes_regular = kind == MemberKind.REGULAR != self.was_kind
        if becomes_regular and not self.instance.is_taken_over:
            asked = {name: self.cleaned_data.get(name) for name in ("domicile", "ktp_seen_on")}
            candidate = Member(pk=self.instance.pk, cooperative=self.instance.cooperative, **asked)
            if missing := missing_for_regular(candidate, on=timezone.localdate()):
                raise ValidationError(missing)
        return kind
