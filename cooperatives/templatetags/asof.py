"""Links that carry the question of the page: the day, the area, the records of which day."""

from django import template
from django.urls import reverse

from cooperatives.asof import View

register = template.Library()


@register.simple_tag
def href(view: View, name: str, *args: object, **extra: object) -> str:
    """`{% href view "cooperatives:list" reason="capital" %}`: the address with the page's question; empty extras are left out."""
    return view.link(reverse(name, args=args), **extra)
