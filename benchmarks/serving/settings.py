"""The product's own settings, and one view more: the limit that a message is measured against."""

from comity.config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.serving.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in: people are made quickly
