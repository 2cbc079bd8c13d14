"""The ASGI entry of the small live process, see ``comity live``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.config.settings")
django.setup()

from comity.web.live.stream import application as make  # noqa: E402 - needs settings

application = make()
