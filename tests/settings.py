"""The portal's settings as tests need them: a data directory of their own, no compressed static files, fast hashes."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="case-library-test-"))
os.environ.pop("ALLOWED_HOSTS", None)
os.environ.pop("DEBUG", None)

from portal.settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Tests ask as fast as they can; those of the limits set their own.
RATES = {"api": None, "export": None, "searched": None}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
