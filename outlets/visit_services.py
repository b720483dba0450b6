"""What is written about visits: the row with its photos, and whether its follow-up is done."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kkmp.accounts.models import User
from kkmp.photos import Photo
from outlets.evidence import add_photos, remove_photo
from outlets.models import Evidence, Visit


@transaction.atomic
def keep_visit(
    *, visit: Visit, by: User, photos: Iterable[Photo] = (), without: Iterable[Evidence] = ()
) -> None:
    """Save the visit with new photos, and without some that it had. Raises ValidationError where there are too many."""
    _sign(visit, by)
    visit.save()
    for photo in without:
        remove_photo(photo)
    add_photos(to=visit, photos=photos, by=by)


@transaction.atomic
def set_follow_up_done(*, visit: Visit, on: date | None, by: User) -> None:
    """Fill in the day on which what was agreed was done, or empty it again; nothing happens where it says so already.

    Raises ValidationError where nothing was agreed.
    """
    stored = Visit.objects.select_for_update().get(pk=visit.pk)
    if not stored.follow_up:
        raise ValidationError(_("Kunjungan ini tidak punya tindak lanjut."))
    if (stored.follow_up_done_on is None) == (on is None):
        return
    stored.follow_up_done_on = on
    stored.version += 1
    _sign(stored, by)
    stored.save()


def _sign(visit: Visit, by: User) -> None:
    """Say who writes this row into the history."""
    # The name that simple-history looks for.
    vars(visit)["_history_user"] = by
