"""Everything that happens without a request: beside the web server in its process, or as ``comity worker``."""

import os
import platform
import threading

from django.db import connection

from comity.common import clock
from comity.jobs.deliveries import LEASE, reap
from comity.jobs.loop import loop
from comity.jobs.pump import Pump
from comity.jobs.schedules import run_due
from comity.ledger.services.payments import ask_due
from comity.notify.services.sending import send_due
from comity.orders.services.feeds.processing import give_up_leases, process_due
from comity.orders.services.reports.making import make_due
from comity.orders.services.subscriptions import renew_paid

_LOOK_FOR_MAIL = 0.5  # seconds
_LOOK_AT_SCHEDULES = 10.0  # seconds
_LOOK_FOR_FEEDS = 1.0  # seconds
_LOOK_FOR_PAYMENTS = 2.0  # seconds
_LOOK_FOR_REPORTS = 2.0  # seconds
_LOOK_FOR_RENEWALS = 60.0  # seconds: they are due by the day
_PATIENCE = 25.0  # seconds: a mail server may take 20 to time out


class Worker:
    """Pump, schedules, mails, feeds, payments, reports, renewals, a thread each: nothing slow holds up a message."""

    def __init__(self) -> None:
        self.pump = Pump(f"{platform.node()[:40]}:{os.getpid()}")

    def run_forever(self, stop: threading.Event) -> None:
        """Work in this thread and six more until ``stop`` is set; returns when what was begun is done."""
        if connection.vendor == "sqlite":
            reap(clock.now() + LEASE)  # one process at a time: what is leased was its predecessor's
            give_up_leases()
        beside = [
            threading.Thread(target=loop, args=(send_due, stop), kwargs={"pause": _LOOK_FOR_MAIL}, daemon=True),
            threading.Thread(target=loop, args=(run_due, stop), kwargs={"pause": _LOOK_AT_SCHEDULES}, daemon=True),
            threading.Thread(target=loop, args=(ask_due, stop), kwargs={"pause": _LOOK_FOR_PAYMENTS}, daemon=True),
            threading.Thread(target=loop, args=(process_due, stop), kwargs={"pause": _LOOK_FOR_FEEDS}, daemon=True),
            threading.Thread(target=loop, args=(make_due, stop), kwargs={"pause": _LOOK_FOR_REPORTS}, daemon=True),
            threading.Thread(target=loop, args=(renew_paid, stop), kwargs={"pause": _LOOK_FOR_RENEWALS}, daemon=True),
        ]
        for thread in beside:
            thread.start()
        self.pump.run_forever(stop)
        for thread in beside:
            thread.join(_PATIENCE)
