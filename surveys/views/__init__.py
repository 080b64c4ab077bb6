"""Pages of surveys, by what the person does."""

from flask import Blueprint

import surveys.models  # noqa: F401  # until pages bring them
bp = Blueprint("surveys", __name__)
