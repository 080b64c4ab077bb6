"""The OpenAPI 3.1 document: written from the pages' own declarations, so that it cannot say what they do not do."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from consult.api.resources import Resource
from consult.api.schemas import SCHEMAS
from consult.config import VERSION
from consult.web.parameters import Parameter

ABOUT = (
    "What the public sees of threats, debates and requests. Threats of protected categories are in no answer. "
    "Answers have an ETag; lists are read page by page by the address in `next` and in the Link header. "
    "Not for emergencies: call 112."
)
_ARGUMENT = re.compile(r"<(\w+):(\w+)>")
_ERRORS = {
    "400": "A parameter is wrong, unknown or given twice.",
    "404": "There is no such thing, or the public does not see it.",
}


def document(app: Flask, root: str) -> dict[str, Any]:
    """Describe every page that was declared as a resource, at the addresses below `root`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Consultation on public safety: read API", "version": VERSION, "description": ABOUT},
        "servers": [{"url": root}],
        "paths": {_path(rule): {"get": _operation(rule, resource)} for rule, resource in _resources(app)},
        "components": {"schemas": SCHEMAS},
    }


def _resources(app: Flask) -> Iterator[tuple[Rule, Resource]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        resource = getattr(app.view_functions[rule.endpoint], "resource", None)
        if resource is not None:
            yield rule, resource


def _path(rule: Rule) -> str:
    return _ARGUMENT.sub(r"{\2}", rule.rule)


def _operation(rule: Rule, resource: Resource) -> dict[str, Any]:
    in_path = [_in_path(kind, name) for kind, name in _ARGUMENT.findall(rule.rule)]
    errors = {code: _problem(words) for code, words in _ERRORS.items() if code == "400" or in_path}
    return {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": resource.meaning,
        "parameters": [*in_path, *(_in_query(parameter) for parameter in resource.parameters)],
        "responses": {
            "200": _answer("What was asked for.", "application/json", resource.schema),
            "304": {"description": "Nothing has changed since the ETag that was sent."},
            **errors,
        },
    }


def _answer(words: str, mimetype: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": {mimetype: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _problem(words: str) -> dict[str, Any]:
    return _answer(words, "application/problem+json", "Problem")


def _in_path(kind: str, name: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1} if kind == "int" else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(parameter: Parameter) -> dict[str, Any]:
    described = {"name": parameter.name, "in": "query", "description": parameter.meaning}
    if not parameter.is_list:
        return {**described, "schema": dict(parameter.schema)}
    several = {"type": "array", "items": dict(parameter.schema), "minItems": 1, "maxItems": parameter.most}
    return {**described, "schema": several, "style": "form", "explode": False}
