"""Photos of reports and visits: keeping and removing them, and what is odd about them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kkmp.accounts.models import User
from kkmp.photos import Photo
from outlets.models import Evidence, ReportLine, Visit

# A photo of the same month, or of the month before its report is written, is nothing to ask about.
OLD_AFTER = timedelta(days=31)
FAR_METRES = 500
MOST_A_PARENT = 6


def add_photos(*, to: ReportLine | Visit, photos: Iterable[Photo], by: User) -> list[Evidence]:
    """Keep photos of a line in writing or of a visit; one that is there already is not kept twice."""
    present = set(to.photos.order_by().values_list("sha256", flat=True))
    kept = []
    for photo in photos:
        if photo.sha256 in present:
            continue
        if len(present) >= MOST_A_PARENT:
            raise ValidationError(_too_many(to) % {"most": MOST_A_PARENT})
        present.add(photo.sha256)
        kept.append(_keep(to, photo, by))
    return kept


def _too_many(to: ReportLine | Visit) -> str:
    if isinstance(to, Visit):
        return _("Paling banyak %(most)d foto untuk satu kunjungan.")
    return _("Paling banyak %(most)d foto untuk satu gerai dalam satu laporan.")


def _keep(to: ReportLine | Visit, photo: Photo, by: User) -> Evidence:
    row = Evidence(
        line=to if isinstance(to, ReportLine) else None,
        visit=to if isinstance(to, Visit) else None,
        sha256=photo.sha256,
        taken_at=photo.taken_at,
        lat=photo.lat,
        lon=photo.lon,
        added_by=by,
    )
    row.image.save("foto.jpg", photo.content, save=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except BaseException:
        # A row that was refused must not leave its file behind.
        row.image.storage.delete(str(row.image.name))
        raise
    return row


def remove_photo(photo: Evidence) -> None:
    """Of a report in writing or of a visit; the file goes when the row is gone for good."""
    storage, name = photo.image.storage, str(photo.image.name)
    photo.delete()
    transaction.on_commit(lambda: storage.delete(name))


def warnings_of(photos: Iterable[Evidence], *, user: User) -> dict[int, list[str]]:
    """By photo, what to ask about; two queries however many. Without time or place there is nothing to say.

    The photos come with their parents (`EvidenceQuerySet.with_parents`).
    """
    photos = list(photos)
    found: dict[int, list[str]] = {photo.pk: [*_age(photo), *_distance(photo)] for photo in photos}
    same = Evidence.objects.filter(sha256__in={photo.sha256 for photo in photos}).with_parents()
    same = same.filter(visit__removed_at=None)
    mine = set(
        Evidence.objects.visible_to(user).filter(pk__in=same.values("pk")).values_list("pk", flat=True)
    )
    by_digest: dict[str, list[Evidence]] = defaultdict(list)
    for row in sorted(same, key=lambda row: (row.origin[2], row.pk)):
        by_digest[row.sha256].append(row)
    for photo in photos:
        # The former revision of the same month shows the same photo rightly.
        others = [row for row in by_digest[photo.sha256] if row.origin != photo.origin]
        if others:
            found[photo.pk].append(_repeated(others[0], is_visible=others[0].pk in mine))
    return found


def _repeated(other: Evidence, *, is_visible: bool) -> str:
    if not is_visible:
        return _("Foto yang sama sudah dipakai koperasi lain.")
    return _("Foto yang sama sudah dipakai di %(origin)s.") % {"origin": other.origin_in_words}


def _age(photo: Evidence) -> list[str]:
    if photo.taken_at is None or photo.added_at - photo.taken_at <= OLD_AFTER:
        return []
    days = (photo.added_at - photo.taken_at).days
    text = ngettext(
        "Foto diambil %(count)d hari sebelum diunggah.", "Foto diambil %(count)d hari sebelum diunggah.", days
    )
    return [text % {"count": days}]


def _distance(photo: Evidence) -> list[str]:
    outlet = photo.outlet
    if outlet is None or None in {photo.lat, photo.lon, outlet.lat, outlet.lon}:
        return []
    metres = _metres(*(float(str(value)) for value in (photo.lat, photo.lon, outlet.lat, outlet.lon)))
    if metres <= FAR_METRES:
        return []
    return [_("Foto diambil %(distance)s km dari gerai.") % {"distance": number_format(metres / 1000, 1)}]


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along the surface of a round earth; a few metres in a city do not matter here."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    part = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * 6_371_000 * asin(sqrt(part))
