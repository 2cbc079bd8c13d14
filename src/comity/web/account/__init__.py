"""Signing in and out, hand-over, home, mailbox, health."""
