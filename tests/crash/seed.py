"""Ten conversations with both their sides: `python -m tests.crash.seed` prints who may write where."""

import json

import django
from django.test import Client


def session(user):
    """The cookie of a signed-in browser."""
    browser = Client()
    browser.force_login(user)
    return browser.cookies["sessionid"].value


def main():
    django.setup()
    from comity.accounts.models import Marketplace  # Django must be ready, here and below
    from comity.common import clock
    from comity.jobs.pump import Pump
    from tests import factories
    from tests.messaging.desk import make_desk

    writers = []
    for _ in range(10):
        desk = make_desk()
        # Replies go out at once, so that as much as possible is being delivered when the process dies.
        at_once = [{"from": 0, "values": {"undo_seconds": 0}}]
        Marketplace.objects.filter(pk=desk.buyer.marketplace_id).update(profile_versions=at_once)
        desk.ask()
        factories.staff(desk.staff.seller)  # a second person to be told
        slug, shop, conversation = desk.buyer.marketplace.slug, desk.staff.seller.public_id, desk.conversation.public_id
        writers.append({"session": session(desk.buyer.user), "path": f"/{slug}/messages/{conversation}/reply/"})
        writers.append(
            {"session": session(desk.staff.user), "path": f"/{slug}/sell/{shop}/inbox/{conversation}/reply/"}
        )
    pump = Pump("seed")
    while pump.run_once(clock.now()):
        pass  # so that whatever the crashes interrupt is the clients' own
    print(json.dumps(writers))


if __name__ == "__main__":
    main()
