"""One paper of a cooperative, with its file."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.forms import USUAL_REGISTRY_LENGTH, RowOfCooperativeForm
from cooperatives.models import Cooperative, Paper, PaperKind
from cooperatives.services import put_file
from kkmp.fields import DayField
from kkmp.files import Upload, in_megabytes, look_at

# Which field of the profile bears the number of a paper, and how long such a number usually is.
PROFILE_NUMBERS = {
    PaperKind.NIB: ("nib", (13,)),
    PaperKind.NPWP: ("npwp", (15, 16)),
    PaperKind.REGISTRY: ("registry_no", (USUAL_REGISTRY_LENGTH,)),
}


class PaperForm(RowOfCooperativeForm):
    """A scan, a photo or only what was read from the paper. What it is called counts for nothing, its content does."""

    issued_on = DayField(label=_("Tanggal terbit"), required=False, is_past=True)
    expires_on = DayField(
        label=_("Berlaku sampai"), required=False, help_text=_("Kosong: berlaku tanpa batas.")
    )
    upload = forms.FileField(
        label=_("Berkas"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        error_messages={"empty": _("Berkas ini kosong.")},
    )

    class Meta:
        model = Paper
        fields: ClassVar[list[str]] = ["kind", "title", "number", "issued_on", "expires_on"]

    described = frozenset({"cooperative", "file", "file_name", "media_type", "sha256", "size"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].help_text = _(
            "PDF, JPEG, PNG, atau WebP, paling besar %(most)s. Jangan unggah KTP, KK, atau foto orang."
        ) % {"most": in_megabytes(settings.PAPER_MAX_BYTES)}
        if self.instance.file:
            self.fields["upload"].label = _("Ganti berkas")

    def clean_upload(self) -> Upload | None:
        file = self.cleaned_data.get("upload")
        return look_at(file, most_bytes=settings.PAPER_MAX_BYTES) if file else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # Before the row is checked as a whole, so that an equal file is found.
        if cleaned.get("upload"):
            put_file(self.instance, cleaned["upload"])
        return cleaned

    def ask_for_the_file_again(self) -> None:
        """A browser keeps what was typed and forgets the chosen file."""
        if self.files and not self.has_error("upload"):
            self.add_error("upload", gettext("Pilih berkasnya sekali lagi; peramban tidak mengingat berkas."))

    @property
    def warnings(self) -> list[str]:
        """Said after saving, never refused: usual shapes are no rules, and a paper may be newer than the profile."""
        paper: Paper = self.instance
        if paper.kind not in PROFILE_NUMBERS or not paper.number:
            return []
        name, lengths = PROFILE_NUMBERS[PaperKind(paper.kind)]
        digits = "".join(sign for sign in paper.number if sign.isdigit())
        said = []
        if len(digits) not in lengths:
            shapes = gettext(" atau ").join(str(length) for length in lengths)
            said.append(
                gettext("%(kind)s biasanya %(shapes)s angka, yang ditulis %(count)d. Periksa sekali lagi.")
                % {"kind": paper.get_kind_display(), "shapes": shapes, "count": len(digits)}
            )
        known = getattr(paper.cooperative, name)
        if known and known != digits:
            said.append(
                gettext("Data koperasi mencatat %(kind)s lain: %(known)s. Betulkan yang keliru.")
                % {"kind": paper.get_kind_display(), "known": known}
            )
        return said


def proposed(cooperative: Cooperative, kind: str) -> dict[str, str]:
    """What a new form begins with: the kind that was asked for, and its number where the profile has it."""
    if kind not in PaperKind.values:
        return {}
    name, _lengths = PROFILE_NUMBERS.get(PaperKind(kind), ("", ()))
    return {"kind": kind, "number": getattr(cooperative, name) if name else ""}
