"""How people come in: by a door, with a password and a code."""

from __future__ import annotations

import re
import time
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "correct-horse-battery"
DOORS = ["/accounts/login/", "/admin/login/"]
CODE = "/accounts/login/code/"


def knock(client: Client, door: str, username: str, password: str = PASSWORD, address: str = "10.0.0.1") -> Any:
    return client.post(door, {"username": username, "password": password}, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def make_device(user: User) -> TOTPDevice:
    return steadied(TOTPDevice(user=user, name="app"))


def steadied(device: TOTPDevice) -> TOTPDevice:
    """Put a device in the middle of its half minute, so that none ends while a test looks at it."""
    device.t0 = int(time.time()) - 315
    device.save()
    return device


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    """The code that the app shows, `steps` of half a minute from now."""
    return f"{totp(device.bin_key, device.step, device.t0 - steps * device.step):06d}"


def fault(response: Any) -> str:
    """What the form says is wrong."""
    found = re.findall(
        r'(?s)(?:role="alert"[^>]*>|class="errornote">|class="fault"[^>]*>)(.*?)</', response.content.decode()
    )
    return " ".join(re.sub(r"<[^>]*>", "", one).strip() for one in found)
