"""The portal: settings, addresses, home and operations."""

from django.apps import AppConfig, apps


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "账号安全"

    def ready(self) -> None:
        from django.contrib.auth.models import Group

        from portal import production, release  # noqa: F401  (one registers its check, the other looks at the clock)

        # Django's accounts under the words that curators use for them.
        apps.get_app_config("auth").verbose_name = "账号与角色"
        Group._meta.verbose_name = Group._meta.verbose_name_plural = "角色"
