"""A mail server that keeps what it is given, and answers as it is told to."""

import socket
import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default


class Session(socketserver.StreamRequestHandler):
    """One client: commands up to QUIT; a mail's lines up to a single dot."""

    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode()
            if verb == "DATA":
                self.take()
            else:
                self.say("221 bye" if verb == "QUIT" else self.server.answers.get(verb, "250 ok"))

    def take(self):
        self.say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        mail = message_from_bytes(b"".join(line.removeprefix(b".") for line in lines), policy=default)
        answer = self.server.answers.get("DATA", "250 ok")
        if answer.startswith("250") or answer == "hang up":
            self.server.mails.append(mail)
        if answer == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)  # the mail is kept, but the client never learns it
        else:
            self.say(answer)

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Session)
        self.mails, self.answers = [], {}


@contextmanager
def running_sink(settings):
    """A sink to which Django's own SMTP backend is pointed."""
    with Sink() as sink:
        threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.server_address
        settings.EMAIL_TIMEOUT = 5
        yield sink
        sink.shutdown()
