"""What stands in a letter to a partner: what an outlet lacks, item by item, and what a partner asks before it helps.

Nothing of members and of no private person: reasons that somebody wrote freely and numbers of papers (one of them is
that of the bank account) stay out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cooperatives.models import Paper as HeldPaper
from cooperatives.models import PaperKind
from kkmp.accounts.models import User
from kkmp.pdf.paper import Column, Paper, Row, Section, Table
from kkmp.tabular.writing import sample_marker
from kkmp.templatetags.ui import number, rupiah, tanggal, waktu
from outlets.models import CapitalNeed, Outlet, StatusChange
from partners.gap import GapTotal, gap_total, needs_with_gap
from partners.models import Offer, Partner


@dataclass(frozen=True)
class Subject:
    """To whom, about which outlet, and which of the partner's offers is taken up.

    The outlet comes with `cooperative__kelurahan__kecamatan`.
    """

    partner: Partner
    outlet: Outlet
    offer: Offer | None = None


@dataclass(frozen=True)
class Told:
    """What the records say of the outlet on the day of the letter; needs are annotated with their gap."""

    needs: Sequence[Any]
    total: GapTotal
    papers: Sequence[Any]
    changes: Sequence[StatusChange]


def read_told(subject: Subject, *, on: date) -> Told:
    """Four queries."""
    needs = CapitalNeed.objects.filter(outlet=subject.outlet)
    open_needs: Any = needs_with_gap(needs, on=on)
    papers = HeldPaper.objects.filter(cooperative=subject.outlet.cooperative).kept().as_of(on)
    order = PaperKind.values
    return Told(
        needs=list(open_needs.order_by("-gap_idr", "pk")),
        total=gap_total(needs, on=on),
        papers=sorted(
            papers,
            key=lambda paper: (order.index(paper.kind), -(paper.issued_on or date.min).toordinal(), paper.pk),
        ),
        changes=list(StatusChange.objects.filter(outlet=subject.outlet).live().by(on)),
    )


def letter_paper(subject: Subject, told: Told, *, reference: str, by: User, at: datetime) -> Paper:
    """The whole letter, in the language of the moment."""
    outlet, cooperative = subject.outlet, subject.outlet.cooperative
    return Paper(
        kind=f"{_sender()} · {reference}",
        title=_("Kebutuhan modal: %(outlet)s") % {"outlet": outlet.name},
        owner=cooperative.legal_name or str(cooperative),
        place=_place(outlet),
        day=tanggal(timezone.localdate(at)),
        printed=_("Dibuat oleh %(user)s, %(moment)s") % {"user": by, "moment": waktu(at)},
        page=_("Halaman {page} dari {pages}"),
        language=get_language() or "id",
        sections=(
            Section(facts=_head(subject, reference)),
            Section(text=_opening(subject)),
            Section(_("Kebutuhan dan kekurangan"), text=(_gap_in_words(told),), table=_needs(told)),
            Section(_("Tempat"), facts=_premises(outlet)),
            Section(_("Surat yang dimiliki koperasi"), table=_papers(told.papers)),
            Section(_("Perjalanan status gerai"), table=_changes(told.changes)),
            Section(_("Kontak kantor koperasi"), facts=_contact(outlet)),
        ),
        signatures=(_sender(),),
        sample=sample_marker(),
        is_landscape=False,
    )


def _sender() -> str:
    return _("Suku Dinas PPKUKM Kota Administrasi Jakarta Selatan")


def _place(outlet: Outlet) -> str:
    kelurahan = outlet.cooperative.kelurahan
    return _("Kelurahan %(kelurahan)s, Kecamatan %(kecamatan)s") % {
        "kelurahan": kelurahan.name,
        "kecamatan": kelurahan.kecamatan.name,
    }


def _head(subject: Subject, reference: str) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Nomor"), reference),
        (pgettext("letter", "Kepada"), subject.partner.name),
        (_("Perihal"), _("Dukungan modal untuk %(outlet)s") % {"outlet": subject.outlet.name}),
    ]
    if subject.offer:
        facts.append((_("Penawaran"), subject.offer.title))
    return tuple(facts)


def _opening(subject: Subject) -> tuple[str, ...]:
    words = {"outlet": subject.outlet.name, "cooperative": subject.outlet.cooperative}
    if subject.offer:
        words["offer"] = subject.offer.title
        first = _(
            "Menindaklanjuti penawaran “%(offer)s”, kami sampaikan kebutuhan modal %(outlet)s milik %(cooperative)s."
        )
    else:
        first = _("Bersama surat ini kami sampaikan kebutuhan modal %(outlet)s milik %(cooperative)s.")
    return (first % words,)


def _gap_in_words(told: Told) -> str:
    return _(
        "Kekurangan adalah kebutuhan dikurangi hibah yang sudah diterima dan diverifikasi serta dana sendiri yang sudah "
        "disisihkan. Yang baru dijanjikan masih bagian dari kekurangan. Kekurangan gerai ini: %(gap)s."
    ) % {"gap": rupiah(told.total.gap_idr)}


def _needs(told: Told) -> Table:
    rows = [
        Row(
            (
                _purpose(need),
                *(rupiah(part) for part in (need.amount_idr, need.granted_idr + need.set_aside_idr)),
                *(rupiah(part) for part in (need.promised_idr, need.gap_idr)),
            )
        )
        for need in told.needs
    ]
    if rows:
        total = told.total
        parts = (total.amount_idr, total.covered_idr, total.promised_idr, total.gap_idr)
        rows.append(Row((_("Jumlah"), *map(rupiah, parts)), is_total=True))
    return Table(
        columns=(
            Column(_("Untuk"), 66),
            Column(_("Kebutuhan"), 30, "right"),
            Column(_("Sudah ada"), 30, "right"),
            Column(_("Baru dijanjikan"), 30, "right"),
            Column(_("Kekurangan"), 30, "right"),
        ),
        rows=tuple(rows),
        empty=_("Tidak ada kebutuhan modal yang terbuka."),
    )


def _purpose(need: CapitalNeed) -> str:
    return f"{need.get_purpose_display()}: {need.text}" if need.text else need.get_purpose_display()


def _premises(outlet: Outlet) -> tuple[tuple[str, str], ...]:
    facts = (
        (_("Gerai"), outlet.name),
        (_("Jenis"), outlet.get_kind_display()),
        (_("Alamat"), outlet.address),
        (_("Kelurahan"), outlet.cooperative.kelurahan.name),
        (_("Kecamatan"), outlet.cooperative.kelurahan.kecamatan.name),
        (_("Tempat"), outlet.get_premises_display()),
        (_("Status lahan"), outlet.get_tenure_display()),
        (_("Luas"), f"{number(outlet.area_m2)} m²" if outlet.area_m2 else ""),
        (_("Listrik"), _there_is(outlet.electricity)),
        (_("Internet"), _there_is(outlet.internet)),
        (_("Air"), _there_is(outlet.water)),
    )
    return _known(facts)


def _there_is(answer: bool | None) -> str:  # noqa: FBT001  # the answer itself
    return "" if answer is None else (_("ada") if answer else _("tidak ada"))


def _known(facts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Unknown is said, never left out: the partner may ask for it."""
    return tuple((label, value or _("belum diisi")) for label, value in facts)


def _papers(papers: Sequence[Any]) -> Table:
    return Table(
        columns=(Column(_("Surat"), 90), Column(_("Terbit"), 48), Column(_("Berlaku sampai"), 48)),
        rows=tuple(
            Row(
                (
                    paper.title or paper.get_kind_display(),
                    tanggal(paper.issued_on) if paper.issued_on else "–",
                    _until(paper),
                )
            )
            for paper in papers
        ),
        empty=_("Belum ada surat yang tercatat."),
    )


def _until(paper: Any) -> str:
    if not paper.expires_on:
        return _("tanpa batas")
    day = tanggal(paper.expires_on)
    return _("%(day)s (sudah berakhir)") % {"day": day} if paper.is_over else day


def _changes(changes: Sequence[StatusChange]) -> Table:
    return Table(
        columns=(Column(_("Sejak"), 48), Column(_("Status"), 69), Column(_("Sebab"), 69)),
        rows=tuple(
            Row(
                (
                    tanggal(change.effective_on),
                    change.get_status_display(),
                    change.get_reason_display() or "–",
                )
            )
            for change in changes
        ),
        empty=_("Status gerai ini belum dicatat."),
    )


def _contact(outlet: Outlet) -> tuple[tuple[str, str], ...]:
    office = outlet.cooperative
    return _known(
        (
            (_("Alamat kantor"), office.office),
            (_("Telepon kantor"), office.phone),
            (_("E-mail kantor"), office.email),
        )
    )
