"""Who holds which post of a cooperative from when until when."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cooperatives.models.removable import RemovableModel, RemovableQuerySet
from cooperatives.models.territory import Cooperative


class Gender(models.TextChoices):
    FEMALE = "female", _("Perempuan")
    MALE = "male", _("Laki-laki")


class Body(models.TextChoices):
    BOARD = "board", _("Pengurus")
    SUPERVISORS = "supervisors", _("Pengawas")
    MANAGEMENT = "management", _("Pengelola")


class Position(models.TextChoices):
    CHAIR = "chair", _("Ketua")
    BUSINESS_VICE = "business_vice", _("Wakil ketua bidang usaha")
    MEMBERSHIP_VICE = "membership_vice", _("Wakil ketua bidang keanggotaan")
    SECRETARY = "secretary", _("Sekretaris")
    TREASURER = "treasurer", _("Bendahara")
    MEMBER = "member", pgettext_lazy("post", "Anggota")
    MANAGER = "manager", _("Manajer")
    STAFF = "staff", _("Karyawan")


POSITIONS: dict[Body, tuple[Position, ...]] = {
    Body.BOARD: (
        Position.CHAIR,
        Position.BUSINESS_VICE,
        Position.MEMBERSHIP_VICE,
        Position.SECRETARY,
        Position.TREASURER,
        Position.MEMBER,
    ),
    Body.SUPERVISORS: (Position.CHAIR, Position.SECRETARY, Position.MEMBER),
    Body.MANAGEMENT: (Position.MANAGER, Position.STAFF),
}
# Several people hold one of these at the same time.
SHARED_POSITIONS = frozenset({Position.MEMBER, Position.STAFF})


class BoardTermQuerySet(RemovableQuerySet["BoardTerm"]):
    def begun_by(self, day: date) -> Self:
        """Terms that had begun, those that had ended too."""
        return self.filter(starts_on__lte=day)


def _position_fits_body() -> Q:
    fits = Q()
    for body, positions in POSITIONS.items():
        fits |= Q(body=body, position__in=positions)
    return fits


class BoardTerm(RemovableModel):
    """One person's time in one post, as the books of officers have it (UU 25/1992 Art. 30). No address, no NIK."""

    cooperative = models.ForeignKey(
        Cooperative, models.PROTECT, verbose_name=_("koperasi"), related_name="board_terms"
    )
    body = models.CharField(_("organ"), max_length=11, choices=Body)
    position = models.CharField(_("jabatan"), max_length=15, choices=Position)
    name = models.CharField(_("nama"), max_length=150)
    gender = models.CharField(_("jenis kelamin"), max_length=6, choices=Gender, blank=True)
    is_ex_officio = models.BooleanField(
        _("menjabat karena jabatannya sebagai lurah"),
        default=False,
        help_text=_("Ketua pengawas adalah lurah (ex officio): jabatannya, bukan orangnya."),
    )
    starts_on = models.DateField(_("mulai menjabat"))
    ends_on = models.DateField(
        _("hari terakhir menjabat"), null=True, blank=True, help_text=_("Kosong: belum ditentukan.")
    )

    objects = BoardTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("masa jabatan")
        verbose_name_plural = pgettext_lazy("plural", "masa jabatan")
        ordering = ["cooperative", "body", "-starts_on", "pk"]
        constraints = [
            *RemovableModel.Meta.constraints,
            models.CheckConstraint(
                name="position_fits_the_body",
                condition=_position_fits_body(),
                violation_error_message=_("Jabatan ini tidak ada di organ itu."),
            ),
            models.CheckConstraint(
                name="board_term_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("Nama wajib diisi."),
            ),
            models.CheckConstraint(
                name="board_gender_is_known_or_empty",
                condition=Q(gender__in=["", *Gender.values]),
                violation_error_message=_("Pilih jenis kelamin, atau kosongkan."),
            ),
            models.CheckConstraint(
                name="board_term_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("Hari terakhir tidak boleh sebelum mulai menjabat."),
            ),
            models.CheckConstraint(
                name="only_the_supervisors_chair_is_ex_officio",
                condition=Q(is_ex_officio=False) | Q(body=Body.SUPERVISORS, position=Position.CHAIR),
                violation_error_message=_("Hanya ketua pengawas yang menjabat sebagai lurah."),
            ),
            models.UniqueConstraint(
                name="board_term_once",
                fields=["cooperative", "body", "position", "name", "starts_on"],
                condition=Q(removed_at=None),
                violation_error_message=_("Orang ini sudah tercatat di jabatan itu sejak hari itu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}: {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("cooperatives:board", args=[self.cooperative.kelurahan_id])

    @property
    def seat(self) -> str:
        """Body and position as one choice of a form."""
        return f"{self.body}-{self.position}"

    def get_seat_display(self) -> str:
        return self.post

    def holds_on(self, day: date) -> bool:
        """In office on that day; the last day counts."""
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)

    @property
    def post(self) -> str:
        """“Sekretaris pengurus”."""
        return f"{self.get_position_display()} {self.get_body_display().lower()}"
