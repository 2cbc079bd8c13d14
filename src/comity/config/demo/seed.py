"""Fills an empty database with the demo."""

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import F

from comity.common.models import OutboxEvent, OutboxPosition
from comity.common.transactions import write
from comity.config.demo.care import judge, promise
from comity.config.demo.casting import cast
from comity.config.demo.notices import agree, send_recall
from comity.config.demo.orders import work_orders
from comity.config.demo.outreach import write_first
from comity.config.demo.replies import save_replies
from comity.config.demo.rules import propose_change
from comity.config.demo.subscriptions import subscribe
from comity.config.demo.talk import play
from comity.config.demo.team import work_together
from comity.config.demo.world import World

SEED = 20260301
_TOLD_LATER = timedelta(hours=4)


def seed(*, now: datetime) -> None:
    """Enter the demo's world and play its dialogues, all or nothing. The same moment makes the same demo."""
    data = tomllib.loads((Path(__file__).parent / "demo.toml").read_text())
    chance = random.Random(SEED)  # noqa: S311 - keeps no secret
    with write():
        roles = cast(data, chance)
        World(data, roles, chance, now).build()
        promise(data["policies"], now)
        save_replies(data["saved_replies"], now)
        play(roles, now)
        work_together(now)
        judge(now)
        write_first(now)
        agree(now)
        send_recall(now)
        propose_change(now)
        work_orders(now)
        subscribe(now)
        _forget_old_events(now)


def _forget_old_events(now: datetime) -> None:
    """Nobody is mailed about what happened days ago: those events count as handed on."""
    old = OutboxEvent.objects.filter(occurred_at__lt=now - _TOLD_LATER)
    last = old.order_by("-id").values_list("id", flat=True).first() or 0
    old.update(position=F("id"))
    OutboxPosition.objects.update_or_create(pk=1, defaults={"last": last})
