"""`flask surveys …`."""

from flask.cli import AppGroup

group = AppGroup("surveys", help="Questionnaires, their answers and results.")

from surveys.commands import definitions, inviting, mixing, releasing, results  # noqa: E402, F401  # they hang their commands on `group`
