"""A small living marketplace, made from a seed through the same doors as real data, served in one process."""

import argparse
import os
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

from comity.config.lock import hold

_LINKS_LAST = timedelta(hours=24)
_MARK = "demo"  # a file that says: what lies here may be deleted by --reset
_OURS = ("comity.sqlite3", "comity.sqlite3-wal", "comity.sqlite3-shm", "secrets.json", "files")


def main(arguments: argparse.Namespace) -> int:
    """Make the demo if its folder has none, print the sign-in links, and serve until stopped."""
    folder = Path(arguments.data or "comity-demo").resolve()
    _require_demo(folder)
    hold(folder)
    if arguments.reset:
        _clear(folder)
    base_url = f"http://127.0.0.1:{arguments.port}"
    # The demo is whole in its folder: nothing of a real installation's environment reaches it.
    os.environ.pop("COMITY_DATABASE_URL", None)
    os.environ.update(COMITY_DATA=str(folder), COMITY_BASE_URL=base_url, COMITY_SMTP_URL="mailbox:", COMITY_DEMO="1")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    from comity.config.commands import start  # what follows reads the environment set above

    start()
    from comity.accounts.models import Marketplace  # needs Django started
    from comity.common import clock  # as above
    from comity.config.demo.seed import seed  # as above
    from comity.config.server import prepare_database, serve  # as above

    prepare_database()
    if not Marketplace.objects.exists():
        sys.stderr.write("Making the demo: two marketplaces, three shops, 202 orders, 60 conversations …\n")
        seed(now=clock.now())
    text = _welcome(base_url, folder, clock.now())
    return serve(host="127.0.0.1", port=arguments.port, ready=lambda: _show(text))


def _require_demo(folder: Path) -> None:
    """Raise ``Refused`` for a folder with somebody's real data: the demo would mix with it, or delete it."""
    if (folder / "comity.sqlite3").exists() and not (folder / _MARK).exists():
        from comity.common.errors import Refused  # only where it is needed: Django is not started yet

        sentence = f"{folder} holds an installation that is no demo. Choose another folder with --data."
        raise Refused("not_a_demo", sentence, "data")


def _clear(folder: Path) -> None:
    """Delete what a demo left in ``folder``, and nothing else."""
    for name in _OURS:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _welcome(base_url: str, folder: Path, now: datetime) -> str:
    from comity.accounts.models import OperatorStaff, Staff, User  # needs Django started
    from comity.accounts.services.sign_in import make_link  # as above

    def link(user: User, path: str) -> str:
        return make_link(user=user, base_url=base_url, next_path=path, valid=_LINKS_LAST, now=now)

    seat = Staff.objects.select_related("seller", "user").get(seller__external_id="alder-loom", role=Staff.Role.OWNER)
    buyer = User.objects.get(buyers__external_id="buyer-0", buyers__marketplace=seat.seller.marketplace_id)
    seats = OperatorStaff.objects.select_related("user").filter(marketplace=seat.seller.marketplace_id).order_by("pk")
    admin, second = (one.user for one in seats.filter(role=OperatorStaff.Role.ADMIN))
    staff = {one.role: one.user for one in seats}
    roles = [
        ("Buyer", buyer, "/wayfold/messages/"),
        ("Seller", seat.user, f"/wayfold/sell/{seat.seller.public_id}/inbox/"),
        ("Moderator", staff[OperatorStaff.Role.MODERATOR], "/wayfold/operate/held/"),
        ("Service agent", staff[OperatorStaff.Role.SERVICE_AGENT], "/wayfold/operate/service/"),
        ("Admin", admin, "/wayfold/operate/rules/"),
        ("Second admin, who approves", second, "/wayfold/operate/rules/"),
    ]
    lines = [f"\n{role}: {user.name}\n  {link(user, path)}" for role, user, path in roles]
    return (
        f"\nComity demo: {base_url}/\n"
        "Sign-in links, each works once within a day; start the demo again for new ones.\n"
        + "\n".join(lines)
        + f"\n\nMails that would have been sent: {base_url}/mailbox/\n"
        f"Data: {folder} (kept; `comity demo --reset` begins afresh). Ctrl-C stops.\n"
    )
