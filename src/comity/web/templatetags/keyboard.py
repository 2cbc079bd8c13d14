"""The overlay of shortcuts (built in, no ``load``)."""

from typing import Any

from django import template
from django.template import Context

from comity.web.keys import KEYS

register = template.Library()


@register.inclusion_tag("parts/keys_help.html", takes_context=True)
def keys_help(context: Context) -> dict[str, Any]:
    """The dialog that lists the shortcuts and carries their table for the script."""
    names = ("request", "single_keys", "csrf_token")
    return {"groups": KEYS, **{name: context.get(name) for name in names}}
