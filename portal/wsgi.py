"""The portal as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from cases import search  # noqa: E402  (needs the application registry)
from portal.production import refuse_demo_accounts  # noqa: E402

refuse_demo_accounts()

search.wake()
