"""Pages of sheets with a map: making and printing them, and typing in what was marked."""

from flask import Blueprint

bp = Blueprint("paper", __name__)
