"""A resource of the API: what it answers and which parameters it reads, declared beside its page and nowhere else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, request

from consult.web import parameters
from consult.web.parameters import Parameter

View = Callable[..., Response]


@dataclass(frozen=True)
class Resource:
    """What the document says of a page: a sentence, the name of the answer's schema, the parameters it reads."""

    meaning: str
    schema: str
    parameters: tuple[Parameter, ...]


def described(meaning: str, schema: str, declared: Sequence[Parameter] = ()) -> Callable[[View], View]:
    """Declare a page. It gets what was asked as `asked`, read from the same declaration that the document shows."""
    resource = Resource(meaning, schema, tuple(declared))

    def decorate(view: View) -> View:
        @wraps(view)
        def reading(**path: Any) -> Response:
            return view(**path, asked=parameters.read(resource.parameters, request.args))

        reading.resource = resource  # type: ignore[attr-defined]  # read by `documentation`
        return reading

    return decorate
