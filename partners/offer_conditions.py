"""What an offer asks of a cooperative and its outlet, in words."""

from collections.abc import Iterator
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kkmp.history import in_words
from kkmp.templatetags.ui import number
from partners.models import Offer


def conditions_in_words(offer: Offer) -> list[tuple[str, str]]:
    """Each condition as (label, what is asked), those that ask for nothing left out."""
    return list(_conditions(offer))


def _conditions(offer: Offer) -> Iterator[tuple[str, str]]:
    for name in offer.codes_of:
        field: Any = offer._meta.get_field(name)
        if codes := getattr(offer, name):
            yield capfirst(str(field.verbose_name)), in_words(field, codes)
    if offer.min_paying_members is not None:
        yield (
            _("Anggota yang membayar"),
            _("paling sedikit %(count)s") % {"count": number(offer.min_paying_members)},
        )
    if offer.conditions:
        yield _("Syarat lain"), offer.conditions
