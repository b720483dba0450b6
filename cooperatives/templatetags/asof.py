"""Links that carry the question of the page: the day, the area, the records of which day."""

from datetime import date

from django import template
from django.urls import reverse

from cooperatives.asof import View

register = template.Library()


@register.simple_tag
def href(view: View, name: str, *args: object, **extra: object) -> str:
    """`{% href view "cooperatives:list" reason="capital" %}`: the address with the page's question; empty extras are left out."""
    return view.link(reverse(name, args=args), **extra)


@register.filter
def days_to(since: date, on: date) -> int:
    """Whole days from one day to another."""
    return (on - since).days
