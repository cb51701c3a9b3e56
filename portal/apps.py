"""The portal: settings, addresses, home and operations."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        from portal import production  # noqa: F401  (registers its check)
