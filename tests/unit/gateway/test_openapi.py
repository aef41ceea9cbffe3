"""The OpenAPI document: valid, complete, and of the shape that the transcoder reads and prints."""

import re
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway import contracts
from gateway.edge.openapi.document import document
from gateway.edge.reference import reference


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, verb, operation) for path, item in document()["paths"].items() for verb, operation in item.items()]


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    assert [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_every_rpc_with_an_http_rule_is_there_once() -> None:
    wanted = {rpc.name for service in contracts.services() for rpc in service.rpcs if rpc.http}
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert wanted <= set(ids)
    assert len(ids) == len(set(ids))


def test_every_answer_may_be_an_error_of_the_one_shape() -> None:
    for _, _, operation in operations():
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Error"}


def test_path_variables_and_parameters_agree() -> None:
    for path, _, operation in operations():
        declared = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
        assert declared == set(re.findall(r"\{([^}]+)\}", path)), path


def test_wide_integers_are_strings_and_times_are_date_times() -> None:
    imported = schema("Import")["properties"]
    assert imported["createdCount"]["type"] == "string"
    assert imported["createTime"]["format"] == "date-time"
    assert imported["progress"]["type"] == "number"


def test_what_comes_back_is_whole_and_what_is_sent_is_strict() -> None:
    contact, sent = schema("Contact"), schema("ContactInput")
    assert {"id", "tags", "lifecycleStage"} <= set(contact["required"])
    assert not {"birthday", "custom", "audit"} & set(contact["required"])
    assert "required" not in sent
    assert sent["additionalProperties"] is False
    assert "additionalProperties" not in contact
    assert sent["properties"]["displayName"]["readOnly"] is True


def test_a_field_with_presence_may_be_missing() -> None:
    assert "totalSize" not in schema("ListContactsResponse")["required"]


def test_what_is_in_the_path_is_not_in_the_body() -> None:
    undelete = document()["paths"]["/v1/contacts/{id}:undelete"]["post"]
    body = undelete["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["properties"]) == {"requestId"}


def test_comments_of_the_contracts_become_descriptions() -> None:
    assert "NOT_FOUND when there is none" in document()["paths"]["/v1/contacts/{id}"]["get"]["description"]
    assert schema("Contact")["properties"]["timeZone"]["description"].startswith("IANA time zone")


def test_only_public_operations_need_no_credentials() -> None:
    public = {operation["operationId"] for _, _, operation in operations() if operation.get("security") == []}
    assert public == {"SignIn", "RefreshSession", "SignOut", "GetJwks", "CheckHealth", "CheckLiveness"}


def test_the_page_shows_every_operation_and_type_and_loads_nothing() -> None:
    page = reference(document())
    for _, _, operation in operations():
        assert f'id="{operation["operationId"]}"' in page
    for name in document()["components"]["schemas"]:
        assert f'id="type-{name}"' in page
    assert "<script" not in page
    assert "src=" not in page
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page, target
