"""Asking every address as everybody, reading and writing, and the table of what each of them gets."""

import uuid
from contextlib import contextmanager

import flask.templating
import pytest
from flask_login import user_unauthorized

from consult.db import db
from consult.documents.rendering import Renderer
from consult.web.roles import Role
from tests.rights.addresses import addresses
from tests.rights.world import UNITS

ROLES = (None, *Role)
RELATIONS = tuple(UNITS)


def methods(app):
    return sorted(set.union(*(rule.methods for rule in app.url_map.iter_rules())) - {"HEAD", "OPTIONS"})


@contextmanager
def undrawn(app):
    """Let no page be drawn: who gets it is decided before, and drawing takes longer than all the rest.

    So no page gives the token of its form either; that no form is taken without one is looked at elsewhere.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.config, "WTF_CSRF_ENABLED", False)
        patch.setattr(flask.templating, "_render", lambda *_args: "")
        patch.setattr(Renderer, "print", lambda *_args: b"%PDF-")
        yield


class Asker:
    """Asks as somebody, each time as if nobody had asked before.

    `forms` are what is sent, by path; to an address that no form was met for, an empty one.
    """

    def __init__(self, world, client_of, forms):
        self.world, self.client_of, self.forms, self.known = world, client_of, forms, {}
        self.readers = {(reader.role, reader.relation): reader for reader in world.readers}

    def table(self):
        """What everybody gets, by address and method: for each of `ROLES` a word, or one for each of `RELATIONS`."""
        rows = {}
        for method in methods(self.world.app):
            for rule, called, url in addresses(self.world.app, self.world.names, method):
                rows[called, method] = tuple(self.cell(role, rule, method, url) for role in ROLES)
        return rows

    def cell(self, role, rule, method, url):
        """What a role gets at each unit, as one word where that is the same.

        Asked at the own unit alone is what is open to everybody, whatever a role is not let into, and the reading of
        what names nothing of the unit.
        """
        if role is None:
            return self.outcome((None, "anybody"), rule, method, url)
        found = [self.outcome((role, "own"), rule, method, url)]
        audience = getattr(self.world.app.view_functions[rule.endpoint], "audience", "public")
        if audience != "public" and role in audience and (rule.arguments or "?" in url or method != "GET"):
            found += [self.outcome((role, relation), rule, method, url) for relation in RELATIONS[1:]]
        return found[0] if len(set(found)) == 1 else "/".join(found)

    def outcome(self, who, rule, method, url, sent_to=None):
        """What somebody gets: `sign-in` only where the product asked for it, not where a page leads there."""
        if who not in self.known:
            self.known[who] = self.client_of(self.readers[who])
        client, asked, connection = self.known[who], [], db.engines[None]
        sent = {"key": uuid.uuid4().hex, **self.forms.get(sent_to or url, {})} if method != "GET" else None
        db.session.remove()
        with (
            connection.begin_nested() as apart,
            user_unauthorized.connected_to(lambda *_args, **_more: asked.append(1)),
        ):
            response = client.open(url, method=method, data=sent)
            response.close()
            db.session.remove()
            apart.rollback()
        if rule.endpoint.startswith("accounts.") and response.status_code < 400:
            del self.known[who]  # who may have signed out, or ended all sessions but this one
        return "sign-in" if asked else word_of(response.status_code)


def word_of(status):
    return "in" if status < 300 else "on" if status < 400 else str(status)
