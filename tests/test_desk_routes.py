"""Every address of the desk × who asks × whose record it is × how: as `desk_routes.txt` has it, and no other."""

import pytest
from django.test import Client

from tests import desk_routes
from tests.builders import make_draft
from tests.desk import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.long
def test_every_address_answers_as_the_table_says_and_none_is_missing(request: pytest.FixtureRequest) -> None:
    told = desk_routes.written(desk_routes.expected())

    found = desk_routes.written(desk_routes.found(desk_routes.make_objects()))

    if request.config.getoption("--write-desk-routes"):
        desk_routes.TABLE.write_text("\n".join([desk_routes.HEAD, *found, ""]), encoding="utf-8")
    assert [line for line in found if line not in told] == []
    assert [line for line in told if line not in found] == []


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_the_desk_knows_no_other_methods(administrator: Client, method: str) -> None:
    for address in ("/admin/", page_of(make_draft())):
        assert getattr(administrator, method)(address).status_code == 405
