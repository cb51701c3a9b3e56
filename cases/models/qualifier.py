"""How a number is qualified and written: 超过 160 件, 2500 多名, 近 20 个."""

from decimal import Decimal

from django.db import models


class Qualifier(models.TextChoices):
    OVER = "over", "超过"
    NEARLY = "nearly", "近"
    ABOUT = "about", "约"
    MORE = "more", "多"
    ODD = "odd", "余"
    UPWARDS = "upwards", "以上"
    AT_LEAST = "at-least", "至少"
    NOT_BELOW = "not-below", "不低于"

    @classmethod
    def write(cls, qualifier: str, number: str, unit: str) -> str:
        """Put qualifier, number and unit in the order that Chinese has them."""
        space = "" if unit.startswith("%") else " "
        if qualifier in {cls.MORE, cls.ODD}:
            return f"{number} {cls(qualifier).label}{unit}"
        if qualifier == cls.UPWARDS:
            return f"{number}{space}{unit}以上"
        before = f"{cls(qualifier).label} " if qualifier else ""
        return f"{before}{number}{space}{unit}"


def plain_number(value: Decimal) -> str:
    """Write a stored decimal with thousands separators and without idle zeros: 23,554; 93.4; 80,000,000."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
