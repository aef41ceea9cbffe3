"""What a fuzzer works on: a stack with some records in it, and the checks of its answers."""

from __future__ import annotations

import time
import zlib
from typing import Any
from uuid import uuid4

import grpc
import requests
import schemathesis
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi

from gateway.edge.openapi.document import document
from tests.system.conftest import Stack

# Left out are checks of what this API does not promise: negative_data_rejection and positive_data_acceptance (bounds
# are told in words, and an unknown enum number is a value in protobuf), missing_required_header (there are none),
# use_after_free and ensure_resource_availability (records come back from the bin); and ignored_auth, which triples the
# requests: test_authorization_matrix.py asks every RPC without a token.
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
    openapi.response_headers_conformance,
    openapi.unsupported_method,
]
TOKEN_SECONDS = 300
CALL_SECONDS = 30


class World:
    """A stack of its own, as roles and users change under the fuzzer, with some records to find."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.http = requests.Session()
        self.channel = grpc.insecure_channel(f"localhost:{stack.http_port}")
        self._schema = schemathesis.openapi.from_dict(document())
        self._token, self._until = "", 0.0
        self.ids: dict[str, list[str]] = {"roles": ["viewer", "agent", "administrator", "nobody"]}
        for number in range(3):
            name = f"Fuzz {number}"
            self._create("companies", {"company": {"name": name}})
            self._create("teams", {"team": {"name": name}})
            contact = self._create("contacts", {"contact": {"givenName": name}})
            self._create("notes", {"note": {"subjectType": 1, "subjectId": contact, "body": name}}, patiently=True)
            user = {"email": f"fuzz{number}@example.com", "displayName": name, "roleIds": ["viewer"]}
            self._create("users", {"user": user, "password": str(uuid4())})
        file = self._json("POST", "/v1/files?filename=a.csv", data=b"Name,Email\nAnn,ann@example.com\nBob,\n")
        self.ids["files"] = [file["id"]]
        self._create("contactImports", {"fileId": file["id"], "dryRun": True})

    def headers(self) -> dict[str, str]:
        """With a token that has minutes to live."""
        if time.monotonic() > self._until:
            self._token, self._until = self.stack.token(), time.monotonic() + TOKEN_SECONDS
        return {"Authorization": f"Bearer {self._token}"}

    def operation(self, verb: str, path: str) -> Any:
        """An operation of the document."""
        return self._schema[path][verb]

    def case(self, verb: str, path: str, *, body: Any = None, query: Any = None, **variables: str) -> Case[Any]:
        """A request for `ask`."""
        given = {} if body is None else {"body": body, "media_type": "application/json"}
        case: Case[Any] = self.operation(verb, path).Case(
            path_parameters=variables, query=_encoded(query or {}), **given
        )
        return case

    def ask(self, case: Case[Any]) -> Any:
        """Sends a request and checks the answer; gives its JSON, or None for a refusal."""
        answer = case.call_and_validate(
            self.stack.address, self.http, self.headers(), checks=CHECKS, timeout=CALL_SECONDS
        )
        return answer.json() if answer.status_code == 200 and "json" in answer.headers["content-type"][0] else None

    def aim(self, case: Case[Any]) -> None:
        """Lets every second request name a record that exists, as guessed ids find nothing."""
        drawn = repr((case.path_parameters, case.query, case.body)).encode("utf-8", "surrogatepass")
        number = zlib.crc32(drawn)
        kind = case.path.split("/")[2].partition(":")[0] if case.path.count("/") > 1 else ""
        if number % 2 and kind in self.ids and case.path_parameters:
            for name in case.path_parameters:
                case.path_parameters[name] = self.ids[kind][number // 2 % len(self.ids[kind])]
        if number % 2 and isinstance(case.body, dict) and "fileId" in case.body:
            case.body["fileId"] = self.ids["files"][0]

    def _create(self, kind: str, body: dict[str, Any], *, patiently: bool = False) -> str:
        made = self._json("POST", f"/v1/{kind}", json=body, patiently=patiently)
        self.ids.setdefault(kind, []).append(made["id"])
        return str(made["id"])

    def _json(self, method: str, path: str, *, patiently: bool = False, **options: Any) -> dict[str, Any]:
        until = time.monotonic() + CALL_SECONDS
        while True:
            answer = self.http.request(
                method, self.stack.address + path, headers=self.headers(), timeout=CALL_SECONDS, **options
            )
            # A note can be written once activities has heard of its subject.
            if answer.status_code == 404 and patiently and time.monotonic() < until:
                time.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            return dict(answer.json())


def _encoded(query: dict[str, Any]) -> dict[str, Any]:
    """Half characters cannot be in an address; their bytes can."""
    return {
        name: value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        for name, value in query.items()
    }
