"""Kinds of help, and which of them are own capital, borrowed, or to be given back (UU 25/1992 Art. 41)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SupportKind(models.TextChoices):
    CASH_GRANT = "cash_grant", _("Hibah uang")
    GOODS_GRANT = "goods_grant", _("Hibah barang")
    LOAN = "loan", _("Pinjaman")
    CONSIGNMENT = "consignment", _("Titip jual")
    LEND_USE = "lend_use", _("Pinjam pakai")
    SUPPLY = "supply", _("Perjanjian pasokan")
    AGENCY = "agency", _("Keagenan (LPG, agen bank)")
    TRAINING = "training", _("Pelatihan")
    ADVICE = "advice", _("Pendampingan")
    DIGITAL = "digital", _("Layanan digital")
    INSURANCE = "insurance", _("Kepesertaan jaminan sosial")


class Capital(models.TextChoices):
    """What a kind of help is to the cooperative that receives it."""

    OWN = "own", _("Modal sendiri")
    BORROWED = "borrowed", _("Modal pinjaman")
    NEITHER = "neither", _("Bukan modal, bisa diambil kembali")
    SERVICE = "service", _("Layanan")


# Only these close a gap: a grant stays, everything else is paid or taken back.
GRANTS = (SupportKind.CASH_GRANT, SupportKind.GOODS_GRANT)
LOANS = (SupportKind.LOAN,)
# Goods of somebody else, to be returned by a day.
TO_GIVE_BACK = (SupportKind.CONSIGNMENT, SupportKind.LEND_USE)


def capital_of(kind: str) -> Capital:
    """Grants are own capital, loans are borrowed, lent goods are neither; the rest is no capital at all."""
    if kind in GRANTS:
        return Capital.OWN
    if kind in LOANS:
        return Capital.BORROWED
    return Capital.NEITHER if kind in TO_GIVE_BACK else Capital.SERVICE
