"""The API's description is valid, and a fuzzer that reads it finds no answer that it does not describe."""

import json
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from drf_spectacular.validation import validate_schema
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from cases import search
from cases.filters import AwardFilter, CaseFilter, EntryFilter, OrganisationFilter
from portal.api import examples
from portal.api.description import OPERATIONS
from portal.api.filters import DistrictListFilter
from tests.builders import figure, make_case, make_list, make_organisation, make_sector, make_theme

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

EXAMPLES = 12
# What a value may mean although it is written rightly: a place that there is not, words that cannot be searched for.
MEANINGS = {"q", "district"}


def small_library() -> None:
    """Something to be found by every parameter, with all that is optional there and not there."""
    urban, theme = make_sector("城市社区", "urban-community"), make_theme("党群服务", "service")
    full = make_case(
        "加装电梯",
        number="2020-0007",
        themes=[theme],
        sector=urban,
        start_year=2019,
        figures=[figure("93.4", unit="%")],
    )
    bare = make_case("网格", number="2021-0001", sector=urban, leads=[make_organisation("街道办")])
    for index in range(25):
        make_case(f"案例{index}", sector=urban)
    make_list("榜单", slug="guangzhou-2020-top10", cases=[full, bare]).entries.filter(case=full).update(rank=1)


@pytest.fixture
def description(db: None) -> dict[str, Any]:
    small_library()
    return dict(Client().get("/api/schema/").json())


def test_the_description_is_valid_openapi_in_both_forms(description: dict[str, Any], client: Client) -> None:
    validate_schema(description)
    for response in (
        client.get("/api/schema/?format=yaml"),
        client.get("/api/schema/", headers={"accept": "application/yaml"}),
    ):
        assert response["Content-Type"].startswith("application/yaml")
        assert yaml.safe_load(response.content) == description
    assert client.get("/api/schema/?format=xml").status_code == 400


def test_every_address_of_the_api_is_described(description: dict[str, Any]) -> None:
    from portal.api.urls import urlpatterns

    described = {item["get"]["operationId"] for item in description["paths"].values()}

    assert described == {pattern.name for pattern in urlpatterns} == set(OPERATIONS)
    assert {method for item in description["paths"].values() for method in item} == {"get"}


@pytest.mark.parametrize(
    ("path", "browse"),
    [
        ("/api/cases/", CaseFilter),
        ("/api/statistics/", CaseFilter),
        ("/api/organisations/", OrganisationFilter),
        ("/api/districts/", DistrictListFilter),
        ("/api/awards/", AwardFilter),
        ("/api/awards/{slug}/", EntryFilter),
    ],
)
def test_every_parameter_is_described_in_chinese(description: dict[str, Any], path: str, browse: Any) -> None:
    parameters = {one["name"]: one for one in description["paths"][path]["get"]["parameters"]}

    assert set(browse.base_filters) <= set(parameters)
    for one in parameters.values():
        assert not one["description"].isascii(), one["name"]
        schema = one["schema"].get("items", one["schema"])
        assert {"pattern", "enum", "minimum"} & set(schema), one["name"]


def test_what_the_library_has_is_to_choose_from(description: dict[str, Any]) -> None:
    parameters = {one["name"]: one["schema"] for one in description["paths"]["/api/cases/"]["get"]["parameters"]}

    assert parameters["sector"]["items"]["enum"] == ["urban-community"]
    assert parameters["theme"]["items"]["enum"] == ["service"]
    assert parameters["list"]["enum"] == ["guangzhou-2020-top10"]


def test_every_field_is_explained_in_chinese(description: dict[str, Any]) -> None:
    shapes = {name: one for name, one in description["components"]["schemas"].items() if name != "Error"}
    silent = [
        f"{name}.{field}"
        for name, shape in shapes.items()
        for field, one in shape["properties"].items()
        if one.get("description", "").isascii()
    ]

    assert silent == []


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.example is not None])
def test_the_examples_have_the_shape_of_the_answers(client: Client, name: str) -> None:
    small_library()
    body = make_organisation("街道办").pk
    addresses = {"case": "cases/2020-0007", "organisation": f"organisations/{body}", "district": "districts/440104"}
    addresses |= {"award": "awards/guangzhou-2020-top10", "index": ""}
    path = addresses.get(name, name)
    answered = client.get(f"/api/{path}/" if path else "/api/").json()

    def keys(value: Any) -> Any:
        return list(value)

    assert keys(OPERATIONS[name].example) == keys(answered)
    if "results" in answered and not isinstance(answered["results"], str):
        assert keys(OPERATIONS[name].example["results"][0]) == keys(answered["results"][0])
    assert keys(examples.CASE) == keys(client.get("/api/cases/2020-0007/").json())


def test_licence_and_contact_are_told(description: dict[str, Any], settings: Any) -> None:
    assert description["info"]["license"]["name"] == settings.SITE["licence"]
    assert description["info"]["contact"]["name"]


@schemathesis.check
def refuses_only_what_is_described(ctx: Any, response: Any, case: Any) -> None:
    """What is written rightly is accepted, unless the answer says that there is no such place, or no such words."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    refused = set(json.loads(response.content)["error"]["fields"])
    assert refused, response.text
    assert refused <= MEANINGS, response.text


def faults(**changed: Any) -> tuple[int, list[str]]:
    """Let the fuzzer try everything, the same tries every time; return their number, and what it finds wrong."""
    checks = {"positive_data_acceptance": {"enabled": False}}  # refuses_only_what_is_described in its place
    settings = {"seed": 1, "checks": checks, "generation": {"max-examples": EXAMPLES, "deterministic": True}}
    settings["headers"] = {"Accept-Encoding": "identity"}
    config = SchemathesisConfig.from_dict(settings | changed)
    schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application(), config=config)
    tries, wrong = 0, []
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError | FatalError):
            wrong.append(str(event))
        if not isinstance(event, ScenarioFinished):
            continue
        tries += len(event.recorder.interactions)
        for identifier, results in event.recorder.checks.items():
            request = event.recorder.interactions[identifier].request
            wrong += [
                f"{request.method} {request.uri}: {one.name}: {one.failure_info.failure}"
                for one in results
                if one.failure_info
            ]
    return tries, wrong


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_nothing_is_answered_that_is_not_described(monkeypatch: pytest.MonkeyPatch) -> None:
    # The fuzzer has a thread of its own, whose connection must end with each answer.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    small_library()
    search.rebuild()

    tries, wrong = faults()

    assert wrong == []
    assert tries > 500
