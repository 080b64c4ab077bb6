"""One world for all tests of rights, in a transaction that is rolled back when they are done, and everybody in it."""

import pickle

import pytest
from flask.testing import FlaskClient

from consult.accounts.models import Account
from consult.db import db, read_only
from consult.documents.rendering import Renderer
from consult.web.roles import Role
from tests.accounts.makers import sign_in
from tests.conftest import IS_FIRST_PASS
from tests.plans.sent import Recorder
from tests.rights import addresses, planting
from tests.rights import world as country
from tests.rights.crawl import Crawler, holds


class Plain(FlaskClient):
    """A client whose every request has a context of its own; what its pages look like is checked elsewhere."""

    def open(self, *args, **kwargs):
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="package")
def sent():
    """The statements that the making of the world and the reading of all its addresses send."""
    return Recorder()


@pytest.fixture(scope="package")
def world(migrated, tmp_path_factory, sent):
    with migrated.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(migrated.config, "REPORTS_OUT", tmp_path_factory.mktemp("reports_out"))
        patch.setattr(migrated, "test_client_class", Plain)
        patch.setattr(Renderer, "print", printed_once(Renderer.print))
        read_only(False)
        with db.engine.connect() as connection:
            engines, engine = db.engines, db.engine
            transaction = connection.begin()
            engines[None] = connection
            sent.listen(connection)
            db.session.configure(join_transaction_mode="create_savepoint")
            try:
                yield country.made(migrated)
            finally:
                migrated.extensions["mailman"].__dict__.pop("outbox", None)
                db.session.remove()
                transaction.rollback()
                engines[None] = engine


def printed_once(prints):
    """Print the same document for one reader and hand it to the others: printing takes longer than all the rest."""
    known = {}

    def print_or_find(self, document):
        assert not holds(document.html.encode()), "somebody's words are markup in a document"
        key = pickle.dumps((document.html, document.head, document.attachment and document.attachment.content))
        if key not in known:
            known[key] = prints(self, document)
        return known[key]

    return print_or_find


EVERYTHING = {(None, "anybody"), (Role.OFFICER, "own"), (Role.OFFICER, "twin")}
"""Who reads the pages for everybody, too: to all others of the police these show nothing else."""

OF_THE_POLICE = EVERYTHING | {
    (Role.COORDINATOR, "own"), (Role.OFFICER, "sibling"), (Role.HEAD, "own"), (Role.HEAD, "parent"), (Role.COORDINATOR, "sibling"),
    (Role.ADMINISTRATOR, "own"),
}  # fmt: skip
"""Who reads the pages of the police that the role opens; that the others are refused stands in the golden table."""


OF_ONE_UNIT = {(None, "anybody"), *((role, "own") for role in Role), (Role.OFFICER, "twin")}
"""Who reads in the pass on PostgreSQL: one of each role, and whom only the comparison of two paths keeps apart."""


@pytest.fixture(scope="package")
def client_of(world):
    """Give the client of a reader, signed in."""

    def found(reader):
        client = world.app.test_client()
        if reader.role is None:
            return client
        return sign_in(client, db.session.get(Account, reader.account_id))

    return found


@pytest.fixture(scope="package")
def crawler(world):
    return Crawler(planting.secrets())


@pytest.fixture(scope="package")
def crawled(world, client_of, crawler):
    """What every address answers to those who are looked at: by reader, endpoint and address."""
    answers = {}
    urls = list(addresses.addresses(world.app, world.names))
    for reader in world.readers:
        who = reader.role, reader.relation
        if who not in OF_THE_POLICE or not (IS_FIRST_PASS or who in OF_ONE_UNIT):
            continue
        client = client_of(reader)
        for rule, _called, url in urls:
            audience = world.app.view_functions[rule.endpoint].audience if rule.endpoint != "static" else "public"
            if who in EVERYTHING if audience == "public" else reader.role in audience:
                answers[reader, rule.endpoint, url] = crawler.read(client, url)
    return answers
