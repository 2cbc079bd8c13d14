"""Settings of the test suite: fixed secrets, a fast password hasher, mails kept."""

import json
import os

os.environ.setdefault(
    "COMITY_SECRETS",
    json.dumps(
        {
            "secret_key": "only-for-tests-0123456789-0123456789-0123456789-0123456789",
            "data_keys": {"k1": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
            "lookup_key": "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=",
        }
    ),
)

from comity.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
