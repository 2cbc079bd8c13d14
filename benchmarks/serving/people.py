"""Buyers with a conversation each, and their shop, signed in.

``python -m benchmarks.serving.people N`` prints who writes where, and where the shop reads.
"""

import json
import sys

import django
from django.test import Client


def main() -> None:
    django.setup()
    from comity.common import clock  # Django must be ready, here and below
    from comity.jobs.pump import Pump
    from tests import factories
    from tests.messaging.desk import Desk

    market = factories.marketplace()
    shop = factories.seller(market)
    staff, operator = factories.staff(shop), factories.operator(market)
    browser = Client()
    browser.force_login(staff.user)
    home = f"/{market.slug}/sell/{shop.public_id}/"
    shops = {"staff": browser.cookies["sessionid"].value, "desk": home}
    writers = []
    for _ in range(int(sys.argv[1])):
        person = factories.buyer(market)
        desk = Desk(factories.order(person, shop), person, staff, operator)
        desk.ask()
        browser = Client()
        browser.force_login(person.user)
        session = browser.cookies["sessionid"].value
        path = f"/{market.slug}/messages/{desk.conversation.public_id}/reply/"
        writers.append({"session": session, "path": path, **shops})
    pump = Pump("seed")
    while pump.run_once(clock.now()):
        pass
    sys.stdout.write(json.dumps(writers))


if __name__ == "__main__":
    main()
