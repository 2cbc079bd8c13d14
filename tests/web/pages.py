"""Comparing pages."""

import re

CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|data-now="\d+"|data-ticket="[^"]*"')


def constant(response):
    """The page without what differs at every answer."""
    return CHANGING.sub("", response.content.decode())
