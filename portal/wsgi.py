"""The portal as a WSGI application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

from portal.production import refuse_demo_accounts  # noqa: E402  (needs the application registry)

refuse_demo_accounts()
