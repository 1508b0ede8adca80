"""The API description in the repository is complete, current and consistent."""

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from scripts.openapi import CONTRACT, contract

HOW_TO_RENEW = "run `make openapi` and commit openapi/openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}
WRITTEN: dict[str, Any] = json.loads(contract())
SCHEMAS: dict[str, Any] = WRITTEN["components"]["schemas"]

# Every route that clients rely on, as DESIGN.md lists them.
PROMISED = {
    "GET /health",
    "GET /",
    "POST /setup",
    "POST /predict",
    "POST /webhook",
    "GET /live",
    "GET /ready",
    "GET /metrics",
    "POST /v1/projects",
    "GET /v1/projects",
    "GET /v1/projects/{project}",
    "PATCH /v1/projects/{project}",
    "DELETE /v1/projects/{project}",
    "POST /v1/projects/{project}/images",
    "GET /v1/projects/{project}/images",
    "PUT /v1/projects/{project}/images/{image}/annotation",
    "POST /v1/projects/{project}/predict",
    "POST /v1/projects/{project}/versions",
    "GET /v1/projects/{project}/versions",
    "GET /v1/projects/{project}/versions/{version}",
    "POST /v1/projects/{project}/versions/{version}/promote",
    "POST /v1/projects/{project}/rankings",
    "GET /v1/projects/{project}/rankings/latest",
    "POST /v1/projects/{project}/suggestions",
    "DELETE /v1/projects/{project}/suggestions",
    "POST /v1/projects/{project}/comparisons",
    "GET /v1/projects/{project}/comparisons/latest",
    "POST /v1/projects/{project}/audits",
    "GET /v1/projects/{project}/audits/latest",
    "GET /v1/jobs",
    "GET /v1/jobs/{job}",
    "DELETE /v1/jobs/{job}",
    "POST /v1/embed",
    "POST /v1/zero-shot",
}


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in WRITTEN["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def examples() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield the name, schema and example of everything that has an example."""
    for name, schema in SCHEMAS.items():
        for example in [*schema.get("examples", []), *([schema["example"]] if "example" in schema else [])]:
            yield name, schema, example
    for name, operation in operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (content for body in bodies for content in body.get("content", {}).values()):
            if "example" in content:
                yield name, content["schema"], content["example"]


def errors_of(example: Any, schema: dict[str, Any]) -> list[str]:
    whole = {**schema, "components": WRITTEN["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(example)]


def test_the_committed_contract_is_what_the_routes_say() -> None:
    assert CONTRACT.read_text(encoding="utf-8") == contract(), HOW_TO_RENEW


def test_every_promised_route_is_there() -> None:
    assert {name for name, _ in operations()} >= PROMISED


def test_every_operation_has_a_summary_and_a_sentence() -> None:
    silent = [
        name
        for name, operation in operations()
        if not (operation["summary"] and operation["tags"] and operation["description"].strip().endswith("."))
    ]

    assert silent == []


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, operation in operations()]

    assert len(set(ids)) == len(ids)


def test_every_operation_describes_its_errors_as_problems() -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

    different = [name for name, operation in operations() if operation["responses"]["4XX"]["content"] != problem]

    assert different == []


def test_every_example_follows_its_schema() -> None:
    errors = {name: broken for name, schema, example in examples() if (broken := errors_of(example, schema))}

    assert errors == {}


def test_what_clients_send_and_get_most_has_an_example() -> None:
    with_example = {name for name, _, _ in examples()}

    assert with_example >= {"NewProject", "ProjectView", "PredictionView", "NewAnnotation", "RankingRequest", "Problem"}


def test_no_schema_lets_a_token_out() -> None:
    answers = {name for name in SCHEMAS if not name.endswith("Request")}

    assert [name for name in answers if "token" in json.dumps(SCHEMAS[name]).lower()] == []
