"""See the package."""

import json
import os
import resource
import sys
from importlib import import_module

from comity.files.services.reading.answers import Job, Looked, Refusal
from comity.files.services.reading.kinds import OFFICE, PICTURES, refuse_two_files

_OPEN_FILES = 64


def main(argument: str) -> None:
    """Look at the file on standard input; every end is a line of output."""
    job = Job(**json.loads(argument))
    if job.kind == "words":
        _limit(job, job.limits["picture_reader_seconds"])
        os.execv(job.clean, [job.clean, "stdin", "stdout"])  # noqa: S606 - the reader of pictures, within our limits
    _limit(job, job.limits["seconds"])
    content = os.fdopen(0, "rb")
    try:
        refuse_two_files(content, job.kind)
        module = "pictures" if job.kind in PICTURES else "office" if job.kind == "archive" else job.kind
        looked: Looked = import_module(f"comity.files.services.reading.{module}").look(content, job)
    except Refusal as refusal:
        return _say(refused=refusal.code, detail=refusal.detail)
    except MemoryError:
        return _say(refused="memory")
    except Exception as error:  # noqa: BLE001 - whatever a parser says about a hostile file, the file is refused
        return _say(refused="broken", detail=type(error).__name__)
    _say(kind=looked.kind, pages=looked.pages, preview=looked.preview, locked=looked.locked)
    return _read(looked, job)


def _limit(job: Job, seconds: int) -> None:
    """What is more than this ends the process, not the machine."""
    memory = job.limits["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (job.limits["unpacked_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(looked: Looked, job: Job) -> None:
    left = job.limits["characters"]
    extent = "locked" if looked.locked else "picture" if looked.kind in PICTURES else "read"
    try:
        for page, words in looked.words:
            if not words.strip():
                extent = "picture" if looked.kind not in OFFICE else extent
                continue
            _say(page=page, text=_plain(words[:left]))
            left -= len(words)
            if left <= 0:
                extent = "partly"
                break
    except Exception:  # noqa: BLE001 - as above; what was read so far counts
        extent = "partly"
    _say(extent=extent)


def _plain(words: str) -> str:
    """Without what no database takes."""
    return "".join(sign for sign in words if sign != "\0" and not "\ud800" <= sign <= "\udfff")


def _say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
