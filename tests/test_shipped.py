"""The copy of the shipped library that tests are given is what loading it makes."""

from typing import Any

import pytest
from django.core import serializers
from django.db import transaction

from cases.models import Case, Organisation
from districts.models import District
from tests import shipped
from tests.builders import make_case, make_district, make_organisation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def everything() -> list[Any]:
    models = [model for app in ("districts", "cases") for model in shipped._tables(app).values()]
    return [serializers.serialize("python", model.objects.order_by("pk")) for model in models]  # type: ignore[attr-defined]


def test_a_copy_has_every_row_that_loading_makes_and_more_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "_kept", {})
    with transaction.atomic():
        shipped.districts()
        shipped.library()
        loaded = everything()
        transaction.set_rollback(True)
    assert not Case.objects.exists()

    monkeypatch.setattr(shipped, "call_command", None)
    shipped.districts()
    shipped.library()

    assert everything() == loaded
    make_case("又一个", district=make_district("9901"))


def test_beside_other_records_it_is_loaded_as_ever() -> None:
    make_district("9901")
    make_organisation("另一个单位")
    shipped.districts()
    shipped.library()

    assert District.objects.filter(code__in=["9901", "440104"]).count() == 2
    assert Organisation.objects.filter(name__in=["另一个单位", "中共广州市水务局党组"]).count() == 2
