"""Ten conversations with both their sides: `python -m tests.crash.seed` prints who may write where."""

import json

import django


def main():
    django.setup()
    from comity.common.transactions import write  # Django must be ready, here and below
    from tests import factories
    from tests.messaging.desk import make_desk

    writers = []
    for _ in range(10):
        desk = make_desk()
        desk.ask()
        with write():
            desk.deliver()
        factories.staff(desk.staff.seller)  # a second person to be told
        users = (desk.buyer.user, desk.staff.user)
        writers += [{"user": user.public_id, "conversation": desk.conversation.public_id} for user in users]
    print(json.dumps(writers))


if __name__ == "__main__":
    main()
