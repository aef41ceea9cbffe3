"""The API page at /docs: the OpenAPI document as one readable page, without scripts or outside assets."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from gateway.edge.openapi.schemas import Schema

_VERBS = ("get", "post", "patch", "delete", "put")


def reference(document: dict[str, Any]) -> str:
    """The inside of the page's body."""
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, item in document["paths"].items():
        for verb in _VERBS:
            if verb in item:
                groups.setdefault(item[verb]["tags"][0], []).append((verb, path, item[verb]))
    about = {tag["name"]: tag["description"] for tag in document["tags"]}
    schemas = document["components"]["schemas"]
    sections = [
        f'<h2 id="{_slug(name)}">{escape(name)}</h2>{_prose(about.get(name, ""))}'
        + "".join(_operation(*operation) for operation in operations)
        for name, operations in sorted(groups.items())
    ]
    info = document["info"]
    return (
        f'<div class="layout"><nav aria-label="Contents">{_contents(groups, schemas)}</nav><main>'
        f'<h1>{escape(info["title"])} API</h1><p class="soft">Version {escape(info["version"])} · '
        f'<a href="/openapi.json">OpenAPI 3.1</a></p>{_prose(info["description"])}{"".join(sections)}'
        f'<h2 id="types">Types</h2>{"".join(_type(name, schema) for name, schema in schemas.items())}</main></div>'
    )


def _contents(groups: dict[str, list[tuple[str, str, dict[str, Any]]]], schemas: dict[str, Schema]) -> str:
    parts = []
    for name, operations in sorted(groups.items()):
        links = "".join(
            f'<li><a href="#{escape(operation["operationId"])}">{escape(operation["summary"])}</a></li>'
            for _, _, operation in operations
        )
        parts.append(f"<strong>{escape(name)}</strong><ul>{links}</ul>")
    types = "".join(f'<li><a href="#type-{escape(name)}">{escape(name)}</a></li>' for name in schemas)
    return f"{''.join(parts)}<details><summary>Types</summary><ul>{types}</ul></details>"


def _operation(verb: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        f'<h3 id="{escape(operation["operationId"])}">{escape(operation["summary"])}</h3>',
        f'<p class="call"><span class="verb {verb}">{verb}</span><code>{escape(path)}</code></p>',
        _prose(operation["description"]),
    ]
    if operation.get("parameters"):
        rows = [
            (parameter["name"], parameter["in"], parameter["schema"], parameter.get("description", ""))
            for parameter in operation["parameters"]
        ]
        parts.append(_table("Parameters", rows))
    content = operation.get("requestBody", {}).get("content", {})
    for kind, body in content.items():
        if "properties" in body["schema"]:
            required = body["schema"].get("required", ())
            rows = [
                (name, "required" if name in required else "", schema, schema.get("description", ""))
                for name, schema in body["schema"]["properties"].items()
            ]
            parts.append(_table("Body", rows))
        else:
            parts.append(f"<h4>Body</h4><p><code>{escape(kind)}</code></p>")
    parts.append(f"<h4>Answer</h4>{_answers(operation)}<h4>Example</h4>{_example(verb, path, operation)}")
    return f"<section>{''.join(parts)}</section>"


def _answers(operation: dict[str, Any]) -> str:
    found = []
    for status, response in operation["responses"].items():
        for kind, body in response.get("content", {}).items():
            what = _kind(body["schema"]) if kind == "application/json" else f"<code>{escape(kind)}</code>"
            found.append(f"<code>{status}</code> {what}")
    return f"<p>{', '.join(found)}; otherwise {_kind({'$ref': '#/components/schemas/Status'})}.</p>"


def _example(verb: str, path: str, operation: dict[str, Any]) -> str:
    parts = ["curl"]
    if verb != "get":
        parts.append(f"-X {verb.upper()}")
    if "security" not in operation:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        parts.append("-H 'Content-Type: application/json' -d '{…}'")
    elif content:
        parts.append("--data-binary @file.csv")
    required = [
        f"{parameter['name']}=…"
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and parameter.get("required")
    ]
    query = "?" + "&".join(required) if required else ""
    parts.append(f"'http://localhost:8080{path}{query}'")
    return f"<pre><code>{escape(' '.join(parts))}</code></pre>"


def _table(title: str, rows: list[tuple[str, str, Schema, str]]) -> str:
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{_kind(schema)}"
        f"{f' <span class=soft>{escape(where)}</span>' if where else ''}</td><td>{_prose(text)}</td></tr>"
        for name, where, schema, text in rows
    )
    head = "<thead><tr><th>Name</th><th>Type</th><th>Meaning</th></tr></thead>"
    heading = f"<h4>{escape(title)}</h4>" if title else ""
    return f'{heading}<div class="scroll"><table>{head}<tbody>{lines}</tbody></table></div>'


def _type(name: str, schema: Schema) -> str:
    """A type of which the reader has seen the name. What may be sent is what comes back, so it is shown once."""
    parts = [f'<h3 id="type-{escape(name)}">{escape(name)}</h3>', _prose(schema.get("description", ""))]
    if "properties" in schema:
        rows = [
            (field, "output only" if inner.get("readOnly") else "", inner, inner.get("description", ""))
            for field, inner in schema["properties"].items()
        ]
        parts.append(_table("", rows))
    elif "enum" in schema:
        parts.append("<p>" + ", ".join(f"<code>{escape(value)}</code>" for value in schema["enum"]) + "</p>")
    return f"<section>{''.join(parts)}</section>"


def _kind(schema: Schema) -> str:
    """The type of a value, as a link where it has a section of its own."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#type-{name}">{name}</a>'
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    name = schema.get("format") or schema.get("type") or "any value"
    return escape({"date-time": "time (RFC 3339)", "int32": "integer", "double": "number"}.get(name, name))


def _prose(text: str) -> str:
    """Paragraphs, `code`, **strong** and lists of lines that begin with a dash."""
    blocks = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        plain = [line for line in lines if not line.startswith("- ")]
        items = [line[2:] for line in lines if line.startswith("- ")]
        if plain:
            blocks.append(f"<p>{_inline(' '.join(plain))}</p>")
        if items:
            blocks.append("<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>")
    return "".join(blocks)


def _inline(text: str) -> str:
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked)


def _slug(name: str) -> str:
    return "group-" + re.sub(r"[^a-z0-9]+", "-", name.lower())
