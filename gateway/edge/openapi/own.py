"""Operations of the edge itself, which no contract describes."""

from __future__ import annotations

from typing import Any

from gateway import offers
from gateway.edge.openapi.parts import json_answer, json_body, object_of, own_operation, ref
from gateway.edge.openapi.schemas import WELL_KNOWN, Schema, Schemas
from gateway.edge.openapi.system import system_paths

_TIME = WELL_KNOWN["google.protobuf.Timestamp"]
_STRING: Schema = {"type": "string"}
_BOM = {
    "name": "bom",
    "in": "query",
    "schema": {"type": "boolean", "default": False},
    "description": "Begin with a byte order mark, by which Excel knows UTF-8.",
}
_CSV_NOTE = (
    "RFC 4180: UTF-8, commas, CR LF, a header row. A cell that a spreadsheet would take for a formula (it begins "
    "with `=`, `@`, a tab, or with `+` or `-` and is no number) gets an apostrophe before it."
)


def own_paths(schemas: Schemas) -> dict[str, Any]:
    """The paths of the edge."""
    return {
        "/auth/signIn": {"post": _sign_in(schemas)},
        "/auth/refresh": {"post": _refresh()},
        "/auth/signOut": {"post": _sign_out()},
        "/v1/files": {"post": _upload(schemas)},
        **{export.path: {"get": _export(export)} for export in offers.exports()},
        **{refused.path: {"get": _rejected_rows(refused)} for refused in offers.rejections()},
        "/v1/search": {"get": _search(schemas)},
        **system_paths(schemas),
        "/v1/live": {"get": _live()},
        "/.well-known/jwks.json": {"get": _jwks()},
        "/healthz": {"get": _healthz()},
        "/livez": {"get": _livez()},
    }


def own_schemas(schemas: Schemas) -> dict[str, Schema]:
    """Schemas that only the edge uses."""
    me = schemas.of("crm.identity.v1.Me", sent=False)
    session = {
        "me": me,
        "accessExpireTime": {**_TIME, "description": "When the access token ends; refresh before."},
        "refreshExpireTime": {**_TIME, "description": "When the session ends unless refreshed."},
        "accessToken": {**_STRING, "description": "With transport `token` only."},
        "refreshToken": {**_STRING, "description": "With transport `token` only. Valid once."},
    }
    result = {
        "type": {
            "type": "string",
            "enum": [source.rpc.object for source in offers.sources()],
            "description": "The kind of record.",
        },
        "id": {**_STRING, "description": "UUID of the record."},
        "title": {**_STRING, "description": "Its name."},
        "subtitle": {**_STRING, "description": "A line that tells records of one name apart; may be empty."},
        "highlights": {
            "type": "array",
            "items": schemas.of("crm.common.v1.Highlight", sent=False),
            "description": "What matched.",
        },
    }
    return {
        "Session": object_of(session, "me", "accessExpireTime", "refreshExpireTime"),
        "SearchResult": object_of(result, *result),
        "Health": object_of(
            {
                "status": {
                    "type": "string",
                    "enum": ["SERVING", "NOT_SERVING"],
                    "description": "SERVING when every part is.",
                },
                "parts": {
                    "type": "array",
                    "items": object_of({"name": _STRING, "status": _STRING}, "name", "status"),
                    "description": "What each part says of itself: SERVING, NOT_SERVING or UNREACHABLE.",
                },
            },
            "status",
        ),
    }


def _sign_in(schemas: Schemas) -> dict[str, Any]:
    schemas.components.update(own_schemas(schemas))
    transport = {
        "type": "string",
        "enum": ["cookie", "token"],
        "default": "cookie",
        "description": "`cookie` sets HttpOnly cookies for a browser; `token` answers the tokens for other clients.",
    }
    body = {
        "email": {"type": "string", "minLength": 1},
        "password": {"type": "string", "minLength": 1},
        "transport": transport,
    }
    return own_operation(
        "SignIn",
        "Session",
        "Sign in",
        "Signs in with a password. 401 `SIGN_IN_FAILED` whether the address or the password is wrong; 429 "
        "`LOCKED_OUT` with Retry-After after too many tries.",
        security=[],
        requestBody=json_body(object_of(body, "email", "password"), required=True),
        responses={"200": json_answer(ref("Session"))},
    )


def _refresh_body() -> dict[str, Any]:
    token = {**_STRING, "description": "Of clients that hold tokens themselves; browsers send the cookie."}
    return json_body(object_of({"refreshToken": token}), required=False)


def _refresh() -> dict[str, Any]:
    return own_operation(
        "RefreshSession",
        "Session",
        "Refresh",
        "Exchanges a refresh token for a new pair; it comes back the way it came. A token used twice ends the whole "
        "session.",
        security=[],
        requestBody=_refresh_body(),
        responses={"200": json_answer(ref("Session"))},
    )


def _sign_out() -> dict[str, Any]:
    return own_operation(
        "SignOut",
        "Session",
        "Sign out",
        "Ends the session and takes the cookies away. Unknown tokens are no error.",
        security=[],
        requestBody=_refresh_body(),
        responses={"200": json_answer({"type": "object"})},
    )


def _upload(schemas: Schemas) -> dict[str, Any]:
    name = {"type": "string", "minLength": 1, "maxLength": 255}
    return own_operation(
        "UploadFile",
        "Import",
        "Upload a file",
        "Stores a file for an import. The body is the file as it is, at most 1 GiB; it is kept 30 days.\n\n"
        "Needs the right to import contact.",
        parameters=[{"name": "filename", "in": "query", "required": True, "schema": name}],
        requestBody={"required": True, "content": {"application/octet-stream": {"schema": {}}}},
        responses={"200": json_answer(schemas.of("crm.contacts.v1.File", sent=False))},
    )


def _csv(description: str) -> dict[str, Any]:
    return {"200": {"description": description, "content": {"text/csv": {"schema": _STRING}}}}


def _export(export: offers.Export) -> dict[str, Any]:
    kind = export.rpc.object
    filter_parameter = {"name": "filter", "in": "query", "schema": _STRING, "description": "As in the list."}
    return own_operation(
        export.rpc.name,
        kind.capitalize(),
        f"Export {export.name}",
        f"Every {kind} you may see that passes the filter, as CSV. {_CSV_NOTE}\n\nNeeds the right to export {kind}.",
        parameters=[filter_parameter, _BOM],
        responses=_csv("The file, as a stream."),
    )


def _rejected_rows(refused: offers.Rejections) -> dict[str, Any]:
    kind = refused.read.object
    id_parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return own_operation(
        # Of the first service that imports, as it always was called; others have their kind in it.
        "DownloadRejectedRows" if refused == offers.rejections()[0] else f"Download{kind.capitalize()}RejectedRows",
        "Import",
        "Download rejected rows",
        "The records an import refused, as they stood in the file, followed by record, column, reason and message: "
        f"mend them and import the file again. {_CSV_NOTE}\n\nNeeds the right to import {kind}.",
        parameters=[id_parameter, _BOM],
        responses=_csv("The file, as a stream."),
    )


def _search(schemas: Schemas) -> dict[str, Any]:
    query = {
        "name": "query",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    }
    answer = {
        "results": {"type": "array", "items": ref("SearchResult")},
        "partial": {"type": "boolean", "description": "True when a source did not answer in time."},
        "missingSources": {"type": "array", "items": _STRING, "description": "The sources that did not answer."},
    }
    return own_operation(
        "Search",
        "Search",
        "Search everything",
        f"Finds {' and '.join(source.name for source in offers.sources())} by part of a name, address or number, in "
        "any script: the best of each kind in turn. What you may not read is not searched.",
        parameters=[query],
        responses={"200": json_answer(object_of(answer, *answer))},
    )


def _live() -> dict[str, Any]:
    last = {
        "name": "Last-Event-ID",
        "in": "header",
        "schema": _STRING,
        "description": "The id of the last event seen; browsers send it by themselves when they reconnect.",
    }
    return own_operation(
        "FollowChanges",
        "Live",
        "Follow changes",
        "Server-sent events about what you may read. First what was missed since Last-Event-ID, then `ready`. "
        "`change`: a record changed; `data` is `{type, aggregateType, aggregateId, version, operationId, time}`, "
        "never its state. "
        "`reset`: some changes were missed, read again what you show. `end`: the stream ends, with a reason "
        "(TOKEN_EXPIRED: refresh and reconnect; SESSION_ENDED: sign in).",
        parameters=[last],
        responses={"200": {"description": "A stream.", "content": {"text/event-stream": {"schema": _STRING}}}},
    )


def _jwks() -> dict[str, Any]:
    keys = {"keys": {"type": "array", "items": {"type": "object"}}}
    return own_operation(
        "GetJwks",
        "Session",
        "Public keys",
        "The RFC 7517 key set that access tokens are signed with (EdDSA, Ed25519).",
        security=[],
        responses={"200": json_answer(object_of(keys, "keys"))},
    )


def _healthz() -> dict[str, Any]:
    return own_operation(
        "CheckHealth",
        "System",
        "Health",
        "200 once everything serves, otherwise 503; either way what each part says of itself.",
        security=[],
        responses={"200": json_answer(ref("Health")), "503": json_answer(ref("Health"), "Something does not serve.")},
    )


def _livez() -> dict[str, Any]:
    return own_operation(
        "CheckLiveness",
        "System",
        "Liveness",
        "200 while the edge can answer at all.",
        security=[],
        responses={"200": json_answer(ref("Health"))},
    )
