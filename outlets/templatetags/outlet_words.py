"""Words for annotated statuses, classes and reasons, which arrive in templates as plain values."""

from django import template

from outlets.models import Reason, Status
from outlets.outlet_class import OutletClass

register = template.Library()


@register.filter
def class_label(value: str) -> str:
    return str(OutletClass(value).label)


@register.filter
def status_label(value: str | None) -> str:
    """An outlet before its first change has no status: “Belum dicatat”."""
    return str(Status(value).label if value else OutletClass.UNRECORDED.label)


@register.filter
def reason_label(value: str | None) -> str:
    """Empty for a status without a reason."""
    return str(Reason(value).label) if value else ""
