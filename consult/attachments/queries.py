"""Reading attachments: whose they are, by their name, and what still waits for its form."""

import re
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from consult.attachments.folder import Folder, Held
from consult.attachments.models import Attachment
from consult.db import db

NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)


def folder() -> Folder:
    """Give the folder of this installation."""
    return Folder(current_app.config["INSTANCE"] / "attachments")


def owner_of(source: str, source_key: str) -> str:
    """Name an owner for the folder."""
    return f"{source} {source_key}"


def of(source: str, source_key: str) -> Sequence[Attachment]:
    """List the attachments of an owner in their order."""
    own = (Attachment.source == source, Attachment.source_key == source_key, Attachment.gone_at.is_(None))
    return db.session.scalars(select(Attachment).where(*own).order_by(Attachment.position, Attachment.id)).all()


def by_name(name: str) -> Attachment:
    """Give the attachment of a name, or raise NoResultFound."""
    if not NAME.fullmatch(name):  # no database is asked about what is no name of ours
        raise NoResultFound
    chosen = select(Attachment).where(Attachment.name == name, Attachment.gone_at.is_(None))
    return db.session.execute(chosen).scalar_one()


def held(source: str, source_key: str) -> list[Held]:
    """List the files that wait for an owner's form to be sent."""
    return folder().held(owner_of(source, source_key))


def laid_aside(source: str, source_key: str) -> bytes | None:
    """Give the file that waits for its reader's word, if it is still there."""
    return folder().laid_aside(owner_of(source, source_key))


def brings_other_files(source: str, source_key: str) -> bool:
    """Tell whether something waits that the owner, whose form was sent before, does not have."""
    known = {attachment.digest for attachment in of(source, source_key)}
    return any(one.digest not in known for one in held(source, source_key))
