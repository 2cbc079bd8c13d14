"""A server that can be killed twice a second: `python -m tests.crash.server PORT`.

Everything is imported once. Each line "start" on standard input forks a child that is the whole product in one
process, web and worker, and answers with its process id; the test kills the child.
"""

import os
import signal
import socketserver
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def main():
    django.setup()
    from comity.accounts.models import Marketplace  # Django must be ready, here and below
    from comity.common import clock
    from comity.jobs.worker import Worker
    from comity.screening.services import screen
    from tests.crash import edge, mutants

    # A child lives half a second: too short to read the rulebook by itself.
    market = Marketplace(rulebook="open-marketplace", trusted_domains=[])
    kind = {"role": "buyer", "purpose": "reply", "language": "en", "known_ids": frozenset()}
    screen(text="Reads the rulebook once.", marketplace=market, now=clock.now(), **kind)

    mutants.observe()
    if mutant := os.environ.get("COMITY_MUTANT"):
        getattr(mutants, mutant)()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for _ in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
        else:
            server = make_server("127.0.0.1", int(sys.argv[1]), edge.application, Server, Quiet)
            threading.Thread(target=Worker().run_forever, args=[threading.Event()], daemon=True).start()
            server.serve_forever()


if __name__ == "__main__":
    main()
