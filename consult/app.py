"""The application: the one module that knows every part."""

from click import Group
from flask import Blueprint, Flask

from consult import db
from consult.accounts import sign_in
from consult.catalogue.commands import group as catalogue
from consult.config import ROOT, Config
from consult.desk import navigation
from consult.desk.views import bp as desk
from consult.web import errors, forms, languages, security, transactions, widgets

BLUEPRINTS: tuple[Blueprint, ...] = (desk,)
COMMANDS: tuple[Group, ...] = (catalogue,)


def create_app(config: Config | None = None) -> Flask:
    """Make the WSGI application from a configuration, by default the environment's."""
    config = config or Config.from_environment()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), instance_path=str(config.INSTANCE.resolve()))
    app.config.from_object(config)
    for part in (db, transactions, security, languages, forms, widgets, sign_in, navigation, errors):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    return app
