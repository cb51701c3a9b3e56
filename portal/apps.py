"""The portal: settings, addresses, home and operations."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "账号安全"

    def ready(self) -> None:
        from portal import production, release  # noqa: F401  (one registers its check, the other looks at the clock)
