"""Tickets to answer and somebody signed in: ``python -m benchmarks.helpdesk_peer.people N`` prints them as JSON."""

import json
import sys

import django


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client
    from helpdesk.models import Queue, Ticket

    user = get_user_model().objects.create_superuser("bench", "bench@example.com", "bench")
    queue = Queue.objects.create(title="Bench", slug="bench")
    tickets = [Ticket.objects.create(queue=queue, title=f"Order {number}") for number in range(int(sys.argv[1]))]
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    sys.stdout.write(json.dumps({"session": session, "tickets": [ticket.pk for ticket in tickets]}))


if __name__ == "__main__":
    main()
