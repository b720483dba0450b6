"""A letter in a few lines that fit into a chat message: the outlet, what it lacks, whom to call."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kkmp.templatetags.ui import rupiah, tanggal
from partners.letter_paper import Subject, Told

MOST_CHARACTERS = 700
# So that many names of full length, and the two lines that matter most, always find room.
_NAME, _CONTACT = 60, 90


def letter_summary(subject: Subject, told: Told, *, reference: str) -> str:
    """At most MOST_CHARACTERS; of the items as many as find room, the largest gaps first."""
    outlet, cooperative = subject.outlet, subject.outlet.cooperative
    place = {
        "outlet": _short(outlet.name),
        "cooperative": cooperative,
        "kecamatan": cooperative.kelurahan.kecamatan.name,
    }
    head = [
        _("Surat %(reference)s untuk %(partner)s")
        % {"reference": reference, "partner": _short(subject.partner.name)},
        _("%(outlet)s, %(cooperative)s, Kecamatan %(kecamatan)s") % place,
    ]
    if told.changes:
        latest = told.changes[0]
        status = {"status": latest.get_status_display(), "day": tanggal(latest.effective_on)}
        head.append(_("Status: %(status)s sejak %(day)s") % status)
    head.append(_("Kekurangan: %(gap)s") % {"gap": rupiah(told.total.gap_idr)})
    foot = [_("Kontak kantor: %(contact)s") % {"contact": _contact(cooperative)}]
    lacking = [need for need in told.needs if need.gap_idr]
    for shown in range(len(lacking), -1, -1):
        text = _plain([*head, *_items(lacking[:shown], left_out=len(lacking) - shown), *foot])
        if len(text) <= MOST_CHARACTERS:
            break
    return str(Truncator(text).chars(MOST_CHARACTERS))


def _items(needs: Iterable[Any], *, left_out: int) -> list[str]:
    lines = [f"- {need.get_purpose_display()}: {rupiah(need.gap_idr)}" for need in needs]
    if left_out:
        lines.append(
            ngettext("- dan %(count)d kebutuhan lagi", "- dan %(count)d kebutuhan lagi", left_out)
            % {"count": left_out}
        )
    return lines


def _contact(cooperative: Any) -> str:
    known = [part for part in (cooperative.phone, cooperative.email) if part]
    return ", ".join(_short(part, _CONTACT) for part in known) or _("belum diisi")


def _short(text: str, most: int = _NAME) -> str:
    return str(Truncator(text).chars(most))


def _plain(lines: Iterable[str]) -> str:
    """Chat programs break lines at their own spaces: those that must not break are none of theirs."""
    return "\n".join(lines).replace("\u00a0", " ")
