"""Rules for passwords, each told in plain words: what is wrong, and what is right."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError

COMMON = Path(__file__).with_name("common_passwords.txt")


class Rule:
    """One rule; `right` says what a password must be, `wrong` why one is not."""

    right = wrong = ""

    def get_help_text(self) -> str:
        return f"{self.right}。"

    def refuse(self) -> ValidationError:
        return ValidationError(f"{self.wrong}：{self.right}。", code=type(self).__name__.lower())


class Length(Rule):
    wrong = "密码太短"

    def __init__(self, least: int = 10) -> None:
        self.least = least
        self.right = f"至少 {least} 个字符，越长越好，一句话也可以" if least >= 10 else f"至少 {least} 个字符"

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.least:
            raise self.refuse()


class Classes(Rule):
    """等保二级: characters of at least three kinds."""

    wrong = "密码的字符种类不够"
    right = "大写字母、小写字母、数字、符号四种，至少要有三种"

    def validate(self, password: str, user: Any = None) -> None:
        kinds = {
            "upper" if one.isupper() else "lower" if one.islower() else "digit" if one.isdecimal() else "other"
            for one in password
        }
        if len(kinds) < 3:
            raise self.refuse()


@cache
def common_here() -> frozenset[str]:
    """What people in China choose, beside the worldwide list that comes with Django."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


class Common(Rule):
    wrong = "这个密码很多人在用，容易被猜到"
    right = "不能是常见的密码，如 12345678、woaini1314、Admin@123，也不能全是数字，或只有一两种字符"

    def __init__(self) -> None:
        self.everywhere = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        typed = password.strip().lower()
        if typed in self.everywhere or typed in common_here() or typed.isdecimal() or len(set(typed)) < 3:
            raise self.refuse()


class OwnName(Rule):
    wrong = "密码与您的用户名、姓名或邮箱太像"
    right = "不能与用户名、姓名、邮箱相同或相近"

    def validate(self, password: str, user: Any = None) -> None:
        name = (getattr(user, "username", "") or "").lower()
        try:
            UserAttributeSimilarityValidator().validate(password, user)
        except ValidationError:
            raise self.refuse() from None
        if len(name) >= 4 and name in password.lower():
            raise self.refuse()


class Earlier(Rule):
    """Keeps each password that is set, by whatever path, and refuses the last few."""

    def __init__(self, remembered: int = 1) -> None:
        self.remembered = remembered
        self.wrong = "这个密码用过" if remembered > 1 else "新密码与原来的相同"
        self.right = f"不能是最近用过的 {remembered} 个密码之一" if remembered > 1 else "要与原来的不同"

    def validate(self, password: str, user: Any = None) -> None:
        if not getattr(user, "pk", None):
            return
        # Of the one in use, too, should it be the first: nothing was kept of it when the account was made.
        earlier = user.password_records.values_list("password_hash", flat=True)[: self.remembered]
        if any(check_password(password, one) for one in {user.password, *earlier}):
            raise self.refuse()

    def password_changed(self, password: str, user: Any = None) -> None:
        from portal.models import PasswordRecord

        if user and user.pk and user.has_usable_password():
            PasswordRecord.objects.note(user)
