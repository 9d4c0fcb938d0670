"""`/docs`: the OpenAPI document as a page to read. It loads nothing from anywhere and runs nothing: the pages that are
usual for this come from others' servers, and would run beside the tokens of whoever reads them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from fastapi import Response

_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2326;background:#fff}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f3f6f5;padding:.7rem;overflow:auto}
summary{cursor:pointer;padding:.35rem 0}details{border-bottom:1px solid #dde4e2}
b.method{display:inline-block;width:4.5rem;color:#0b6e4f}td{padding:.15rem 1rem .15rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#dfe7e4;background:#14191a}pre{background:#1d2425}
details{border-color:#2d3637}b.method{color:#58c79e}}
"""
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(html: str) -> Response:
    """The page as an answer, with a policy that allows its style and nothing else."""
    return Response(html, media_type="text/html", headers={"content-security-policy": _POLICY})


def written(document: Mapping[str, Any]) -> str:
    """An OpenAPI document as HTML."""
    sections: dict[str, list[str]] = {}
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            section = (operation.get("tags") or [_section(path)])[0]
            sections.setdefault(section, []).append(_operation(document, method, path, operation))
    body = "".join(f"<h2>{escape(name)}</h2>{''.join(parts)}" for name, parts in sections.items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>wabot: the API</title><style>{_STYLE}</style><h1>wabot: the API</h1>"
        "<p>Log in by <code>POST /api/auth/login</code>, and send the token with each request: "
        "<code>Authorization: Bearer …</code>. Programs send <code>X-API-Key: …</code>. "
        'For tools: <a href="openapi.json">openapi.json</a>.</p>'
        f"{body}</html>"
    )


def _section(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if parts[0] == "api" and len(parts) > 1 else parts[0]


def _operation(document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> str:
    parts = [f"<p>{escape(operation['description'])}</p>"] if operation.get("description") else []
    if needed := operation.get("x-permissions"):
        parts.append(f"<p>Needs {', '.join(f'<code>{escape(name)}</code>' for name in needed)}.</p>")
    if rows := "".join(_parameter(one) for one in operation.get("parameters", ())):
        parts.append(f"<table>{rows}</table>")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(_shape(f"Body ({kind})", document, content))
    for status, response in operation["responses"].items():
        parts.append(f"<p><b>{escape(status)}</b> {escape(response.get('description', ''))}</p>")
        good = response.get("content", {}).values() if status < "400" else ()
        parts += [_shape("", document, content) for content in good]
    head = f'<b class="method">{method.upper()}</b> <code>{escape(path)}</code> {escape(operation.get("summary", ""))}'
    return f"<details><summary>{head}</summary>{''.join(parts)}</details>"


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = json.dumps(parameter.get("schema", {}), ensure_ascii=False)
    needed = "needed" if parameter.get("required") else ""
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code></td><td>{escape(parameter['in'])} {needed}</td>"
        f"<td><code>{escape(schema)}</code></td></tr>"
    )


def _shape(title: str, document: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    schema = _whole(document, content.get("schema", {}), 0)
    if not schema:
        return ""
    text = json.dumps(schema, ensure_ascii=False, indent=2)
    return f"<p>{escape(title)}</p><pre>{escape(text)}</pre>"


def _whole(document: Mapping[str, Any], schema: Any, depth: int) -> Any:
    """The schema with what it refers to in its place."""
    if isinstance(schema, dict):
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and depth < 6:
            return _whole(document, document["components"]["schemas"].get(name, {}), depth + 1)
        return {key: _whole(document, value, depth) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_whole(document, value, depth) for value in schema]
    return schema
