"""A server that can be killed twice a second: `python -m tests.crash.server PORT`.

Everything is imported once. Each line on standard input forks a child that is the whole product in one process,
web and worker, and answers with its process id. The line names the place where the child is to end itself; at
an empty one the test kills it.
"""

import os
import signal
import socketserver
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

from comity.common.buggify import crash_point


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def before_the_answer(application):
    """A place to crash: all is committed and the sender does not know it."""

    def answer(environ, start_response):
        response = application(environ, start_response)
        crash_point("after_commit_before_answer")
        return response

    return answer


def main():
    django.setup()
    from comity.accounts.models import Marketplace  # Django must be ready, here and below
    from comity.common import clock
    from comity.config import urls, wsgi  # noqa: F401 - the pages are read before the first fork, too
    from comity.jobs.worker import Worker
    from comity.screening.services import screen
    from tests.crash import mutants

    # A child lives half a second: too short to read the rulebook by itself.
    market = Marketplace(rulebook="open-marketplace", trusted_domains=[])
    kind = {"role": "buyer", "purpose": "reply", "language": "en", "known_ids": frozenset()}
    screen(text="Reads the rulebook once.", marketplace=market, now=clock.now(), **kind)

    mutants.observe()
    application = before_the_answer(wsgi.application)
    if mutant := os.environ.get("COMITY_MUTANT"):
        application = getattr(mutants, mutant)(application)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for point in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
        else:
            os.environ["COMITY_CRASH_POINT"] = point.strip()
            server = make_server("127.0.0.1", int(sys.argv[1]), application, Server, Quiet)
            threading.Thread(target=Worker().run_forever, args=[threading.Event()], daemon=True).start()
            server.serve_forever()


if __name__ == "__main__":
    main()
