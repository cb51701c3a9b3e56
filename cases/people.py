"""What people are called: by the family name first, else by the name of their account."""

from __future__ import annotations

from typing import Any


def full_name(user: Any) -> str:
    """姓名, which the desk keeps in one field; the other one may be filled by whoever made the account elsewhere."""
    return f"{user.last_name}{user.first_name}".strip()


def name_of(user: Any) -> str:
    return full_name(user) or str(user.get_username())


def signature_of(user: Any) -> str:
    """How a record calls an account, should it be gone one day."""
    name, username = full_name(user), str(user.get_username())
    return f"{name}（{username}）" if name else username
