"""What belongs to outlets side by side: the register, visits, contradictions."""

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from cooperatives.asof import View

_PLACES = (
    ("outlets:list", pgettext_lazy("plural", "Gerai")),
    ("visits:list", pgettext_lazy("plural", "Kunjungan")),
    ("outlets:contradictions", pgettext_lazy("plural", "Kontradiksi")),
)


def outlet_tabs(view: View, *, current: str) -> list[dict[str, object]]:
    """Each with the question of the page."""
    return [
        {"label": label, "href": view.link(reverse(name)), "is_current": name == current, "count": None}
        for name, label in _PLACES
    ]
