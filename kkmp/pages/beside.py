"""One cooperative in a few lines, opened beside the map."""

from typing import Any

from cooperatives.asof import View
from members.models import with_member_count
from outlets.models import CapitalNeed, Outlet
from outlets.outlet_class import with_outlet_class, with_status
from partners.gap import gap_total


def cooperative_beside(view: View, code: str) -> dict[str, Any]:
    """Template context for the cooperative chosen on the map; nothing where none is chosen or it is out of scope."""
    if not code:
        return {"beside": None}
    rows = with_outlet_class(view.cooperatives.filter(kelurahan=code), on=view.on, known_at=view.known_at)
    beside = with_member_count(rows, on=view.on).select_related("kelurahan__kecamatan").first()
    if beside is None:
        return {"beside": None}
    outlets = Outlet.objects.visible_to(view.user).filter(cooperative=beside)
    needs = CapitalNeed.objects.visible_to(view.user).filter(outlet__cooperative=beside)
    return {
        "beside": beside,
        "beside_outlets": with_status(outlets, on=view.on, known_at=view.known_at),
        "beside_gap": gap_total(needs, on=view.on),
    }
