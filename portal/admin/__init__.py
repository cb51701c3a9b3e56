"""The curators' desk, the part about accounts: people, roles, locks."""

from django.contrib import admin
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from portal.admin.account import CuratorAdmin
from portal.admin.lock import SignInLockAdmin
from portal.admin.role import RoleAdmin

__all__ = ["CuratorAdmin", "RoleAdmin", "SignInLockAdmin"]

# Keys and codes are nobody's to read: a person's page says whether there is a second factor, and takes it away.
admin.site.unregister([StaticDevice, TOTPDevice])
