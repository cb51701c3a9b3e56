"""The second factor: six digits from an app (TOTP, RFC 6238), and recovery codes for when the phone is lost."""

from __future__ import annotations

import re
import secrets
import unicodedata
from base64 import b32encode

import django_otp
import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

# No 0, 1, I and O, which look alike on paper.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
RECOVERY_CODES = 8
APP, PAPER = "app", "recovery"


def is_set_up(user: User) -> bool:
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).exists()


def is_verified(request: HttpRequest) -> bool:
    """Whether the second factor was used to begin this session."""
    return django_otp.DEVICE_ID_SESSION_KEY in request.session


def begin(user: User) -> TOTPDevice:
    """Return the device that is being set up; the same until it is confirmed, so that a page may be loaded again."""
    waiting = TOTPDevice.objects.devices_for_user(user, confirmed=False).order_by("pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name=APP, confirmed=False)


def qr_code(device: TOTPDevice) -> SafeString:
    """The key as a picture for the app's camera: an element of the page, without style attributes."""
    code = segno.make(device.config_url, micro=False, error="m")
    drawn = code.svg_inline(scale=4, border=4, svgclass=None, lineclass=None, omitsize=True, light="#fff")
    label = '<svg role="img" aria-label="供验证器应用扫描的二维码" '
    return mark_safe(drawn.replace("<svg ", label, 1))  # noqa: S308  (made of digits and a path)


def key_text(device: TOTPDevice) -> str:
    """The key to type where there is no camera, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(re.findall(".{1,4}", text))


def confirm(request: HttpRequest, device: TOTPDevice, code: str) -> bool:
    """Put the device to use if the code is right; this session then counts as begun with it."""
    if not verified(device, plain(code)):
        return False
    with transaction.atomic():
        TOTPDevice.objects.filter(user=device.user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        TOTPDevice.objects.filter(user=device.user, confirmed=False).delete()
    django_otp.login(request, device)
    return True


def verified(device: TOTPDevice | StaticDevice, code: str) -> bool:
    """Whether a code is right; one by one, none twice, and after a wrong one not at once (django-otp)."""
    return django_otp.verify_token(device.user, device.persistent_id, code) is not None


def plain(typed: str) -> str:
    """A code as it was meant, whatever was typed between its characters, in full width or small letters."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()


def check(user: User, typed: str) -> TOTPDevice | StaticDevice | None:
    """Return the device whose code this is: digits are the app's, anything else a recovery code."""
    code = plain(typed)
    device: TOTPDevice | StaticDevice | None
    if re.fullmatch("[0-9]{6}", code):
        device = TOTPDevice.objects.devices_for_user(user, confirmed=True).first()
    else:
        device = StaticDevice.objects.devices_for_user(user, confirmed=True).first()
        code = hidden(user, code)
    return device if device and verified(device, code) else None


def seconds_to_wait(user: User) -> int:
    """How long the next code is not looked at, because wrong ones came before; 0 when it is."""
    devices = [*TOTPDevice.objects.filter(user=user), *StaticDevice.objects.filter(user=user)]
    waits = [told["locked_until"] for device in devices if (told := device.verify_is_allowed()[1])]
    return max((int((until - timezone.now()).total_seconds()) + 1 for until in waits), default=0)


def hidden(user: User, code: str) -> str:
    """What is kept of a recovery code: 80 bits of a keyed hash, which is what the column holds."""
    digest = salted_hmac("portal.accounts.recovery", f"{user.pk}:{code}", algorithm="sha256").digest()
    return b32encode(digest[:10]).decode()


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Return codes that each work once; earlier ones work no more. They are told only here."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=PAPER)
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=hidden(user, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def remove(user: User) -> bool:
    """Take the second factor and its recovery codes away; False where there was none."""
    was_set_up = is_set_up(user)
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    return was_set_up
