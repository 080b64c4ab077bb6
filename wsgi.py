"""The WSGI entry point."""

from consult.app import create_app

app = create_app()
