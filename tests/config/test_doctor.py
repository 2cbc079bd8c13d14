"""`comity doctor`: fit or not, and what to do."""

import json
import os
import shutil
from types import SimpleNamespace

import pytest

from comity.common.errors import Refused
from comity.config import cli, examination
from comity.config.server import require_reader
from comity.orders.models import Subscription
from tests.factories import subscription

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("COMITY_SECRETS", raising=False)
    monkeypatch.setattr(examination, "undurable", list)
    (tmp_path / "secrets.json").touch(mode=0o600)
    settings.DATA_FOLDER = tmp_path
    return tmp_path


def states():
    return {finding.about: finding.state for finding in examination.examine()}


def sentence(about):
    return next(finding.sentence for finding in examination.examine() if finding.about == about)


def test_a_fit_machine(capsys):
    assert cli.main(["doctor", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["fit"] is True
    assert {one["about"]: one["state"] for one in facts["findings"]} == states()
    assert states() == dict.fromkeys(
        ("python", "sqlite", "data folder", "keys", "database", "payments", "terms", "disk"), "ok"
    ) | {
        "mail": "note",
        "address": "note",
        "virus scanner": "note",
        "second reader": "note",
        "pictures": states()["pictures"],
    }


def test_keys_that_others_can_read_are_bad(folder, capsys):
    (folder / "secrets.json").chmod(0o644)
    assert cli.main(["doctor"]) == 1
    path = folder / "secrets.json"
    assert f"BAD   keys: {path} can be read by others (mode 644): chmod 600 {path}" in capsys.readouterr().out


def test_missing_keys_are_bad(folder):
    (folder / "secrets.json").unlink()
    assert states()["keys"] == "bad"


def test_a_data_folder_that_is_a_file_is_bad(settings, folder):
    settings.DATA_FOLDER = folder / "secrets.json"
    assert (states()["data folder"], "see COMITY_DATA" in sentence("data folder")) == ("bad", True)


def test_a_data_folder_that_others_can_read_is_noted(folder):
    folder.chmod(0o755)
    said = f"{folder} is open to others on this machine (mode 755): chmod 700 {folder}"
    assert (states()["data folder"], sentence("data folder")) == ("note", said)


def test_tables_that_are_behind_are_noted(monkeypatch):
    monkeypatch.setattr(examination, "pending_migrations", lambda: ["orders.0002"])
    assert (states()["database"], "`comity serve` makes them" in sentence("database")) == ("note", True)


def test_tables_that_cannot_be_brought_up_to_date_are_bad(monkeypatch):
    def too_old():
        raise Refused("too_old", "This database is of a version before.")

    monkeypatch.setattr(examination, "pending_migrations", too_old)
    assert (states()["database"], sentence("database")) == ("bad", "This database is of a version before.")


def test_a_database_that_could_lose_data_is_bad(monkeypatch):
    monkeypatch.setattr(examination, "undurable", lambda: ["fsync"])
    assert (states()["database"], "set fsync = on" in sentence("database")) == ("bad", True)


def test_a_full_disk_is_bad(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    assert states()["disk"] == "bad"


def test_keys_from_the_environment_are_fine(monkeypatch, folder):
    monkeypatch.setitem(os.environ, "COMITY_SECRETS", "{}")
    (folder / "secrets.json").unlink()
    assert states()["keys"] == "ok"


@pytest.mark.parametrize("address", ["https://help.example", "https://localhost", "http://10.0.0.8:8000"])
def test_mail_that_others_wait_for_and_nobody_sends_is_bad(settings, address):
    settings.BASE_URL = address
    assert (states()["mail"], "set COMITY_SMTP_URL" in sentence("mail")) == ("bad", True)


@pytest.fixture
def named(settings, monkeypatch):
    """named(address) is COMITY_BASE_URL; without it nobody has said where the server is."""

    def name(address):
        monkeypatch.setitem(os.environ, "COMITY_BASE_URL", address)
        settings.BASE_URL = address

    monkeypatch.delenv("COMITY_BASE_URL", raising=False)
    return name


def test_an_address_that_nobody_has_named_is_not_made_up(settings, named):
    where = "COMITY_BASE_URL is not set: links in mails lead to the host and port of `comity serve`"
    assert sentence("address") == f"{where}, not by https: cookies travel readable. Fine on one machine only."
    settings.BEHIND_PROXY = True
    assert sentence("address").startswith(f"{where}; the proxy in front must set")


def test_an_address_that_is_named_is_told(named):
    named("http://127.0.0.1:9000")
    told = "http://127.0.0.1:9000 is not https: cookies travel readable. Fine on one machine only."
    assert (states()["address"], sentence("address")) == ("note", told)
    named("https://help.example:8443")
    assert (states()["address"], sentence("address")) == ("ok", "https://help.example:8443.")


@pytest.mark.parametrize("address", ["https://help.example", "http://127.0.0.1:8000"])
def test_what_a_proxy_must_do_is_named(settings, address):
    settings.BASE_URL, settings.BEHIND_PROXY = address, True
    assert (states()["address"], "must set X-Forwarded-For" in sentence("address")) == ("note", True)


def test_mail_that_is_sent_says_where_to(settings):
    settings.MAILBOX, settings.EMAIL_HOST, settings.EMAIL_PORT = False, "mail.example", 25
    assert sentence("mail") == "goes to mail.example:25."


def test_a_scanner_that_does_not_answer_is_bad(settings):
    settings.SCANNER = "clamd:///nowhere/clamd"
    assert states()["virus scanner"] == "bad"
    assert "clamd at /nowhere/clamd does not answer: no file can be sent until it does" in sentence("virus scanner")


def test_a_scanner_that_answers_is_named(settings, monkeypatch):
    settings.SCANNER = "clamd:///somewhere/clamd"
    monkeypatch.setattr("comity.integrations.scanners.Clamd.version", lambda self: "ClamAV 1.4.6")
    assert sentence("virus scanner") == "clamd at /somewhere/clamd, ClamAV 1.4.6."


@pytest.mark.parametrize(("reader", "state"), [("/usr/bin/tesseract", "ok"), ("", "note")])
def test_the_reader_of_pictures_is_named(monkeypatch, reader, state):
    monkeypatch.setattr(examination, "picture_reader", lambda: reader)
    assert states()["pictures"] == state


def test_a_second_reader_that_is_switched_on_but_not_installed_is_bad(settings, monkeypatch):
    settings.SECOND_READER = True
    monkeypatch.setattr("comity_policy.reader.model.is_installed", lambda: False)
    assert states()["second reader"] == "bad"
    assert "pip install 'comity[reader]'" in sentence("second reader")


def test_a_second_reader_that_reads_is_named(settings, monkeypatch):
    settings.SECOND_READER = True
    monkeypatch.setattr("comity_policy.reader.require", lambda: None)
    assert states()["second reader"] == "ok"
    assert sentence("second reader").startswith("reads every message")


def test_nothing_starts_with_a_second_reader_that_cannot_read(settings, monkeypatch):
    monkeypatch.setattr("comity_policy.reader.model.is_installed", lambda: False)
    require_reader()
    settings.SECOND_READER = True
    with pytest.raises(Refused, match=r"COMITY_SECOND_READER is yes, but it cannot be asked\..*pip install 'comity"):
        require_reader()


def test_subscriptions_that_nobody_can_be_charged_for_are_named(settings):
    settings.PAYMENTS = "stripe"
    assert (states()["payments"], sentence("payments")) == ("ok", "go through stripe.")
    subscription()
    assert states()["payments"] == "bad"
    assert "how 1 active subscriptions are paid is not known: they are not renewed" in sentence("payments")
    Subscription.objects.update(customer="cus_1", method="pm_1")
    assert states()["payments"] == "ok"
