"""The ground floor: administrative divisions."""

from django.apps import AppConfig


class DistrictsConfig(AppConfig):
    name = "districts"
    verbose_name = "区划"
