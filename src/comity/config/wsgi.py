"""The WSGI entry. With the embedded database the web process does the background work, too."""

import os
import signal
import threading
import time

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.config.settings")
_pages = get_wsgi_application()

from comity.web.live.quick import in_front_of  # noqa: E402 - needs settings

application = in_front_of(_pages)


def _work_beside_the_pages() -> None:
    from comity.jobs.worker import Worker  # needs the application's models

    stop = threading.Event()
    # Not a daemon: what it has begun is finished before the process ends.
    threading.Thread(target=Worker().run_forever, args=(stop,), name="comity-worker").start()
    threading.Thread(target=_end_with, args=(threading.main_thread(), stop), daemon=True).start()


def _end_with(main: threading.Thread, stop: threading.Event) -> None:
    main.join()
    stop.set()


def _stop_when_orphaned(parent: int) -> None:
    """The process that watches over this one was killed: do not hold its port and its database any longer."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


if os.environ.get("COMITY_EMBEDDED_WORKER") == "1":
    _work_beside_the_pages()
# Not the parent of now: that one may have been killed while this process was still starting.
if (supervisor := int(os.environ.get("COMITY_SUPERVISOR", "0"))) not in (0, os.getpid()):
    threading.Thread(target=_stop_when_orphaned, args=(supervisor,), daemon=True).start()
