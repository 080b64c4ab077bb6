"""Adding files to the minutes of a meeting and withdrawing them: then the file goes, and what it was stays."""

from uuid import UUID, uuid5

from flask_babel import gettext

from consult.attachments import operations as attachments
from consult.attachments import queries as attachment_queries
from consult.attachments.sifting import MOST_FILES
from consult.audit import operations as audit
from consult.clock import now
from debates import queries
from debates.models import Meeting, MeetingFile
from debates.operations.writing import Author, NotHeld, digest_of, hold, hold_minutes, known_by, written

SOURCE = queries.FILES
ERASED = "meeting_file"
"""What a restored backup is told of files that were withdrawn (`audit.note_erasure`)."""
MOST_OF_A_MEETING = 20
"""So many files of a meeting stand at once."""


class NoNewFiles(Exception):
    """The meeting has exactly these files already, or none waits."""


def waiting_key(author: Author, key: str) -> str:
    """Name what waits for a form: nobody finds the files that somebody else chose."""
    return f"{author.id} {key}"


def add_files(author: Author, meeting: Meeting, *, key: str, description: str) -> list[MeetingFile]:
    """Add the files that wait for a form to the minutes, once for its key.

    Raises MinutesApproved when nothing is added any more, TooManyFiles, and NoNewFiles.
    """
    waiting = attachment_queries.held(SOURCE, waiting_key(author, key))
    digests = sorted(one.digest for one in waiting)
    digest = digest_of({"description": description, "files": digests, "meeting": meeting.key})
    hold(Meeting, meeting.id)
    if known_by(MeetingFile, _key_of(key, 0), digest):
        return list(queries.files_by_keys(_key_of(key, number) for number in range(MOST_FILES)))
    hold_minutes(meeting)
    if meeting.is_planned:
        raise NotHeld
    first = queries.next_file_number(meeting)
    added = attachments.bind(
        SOURCE, waiting_key(author, key), owner_key=meeting.key, most=MOST_OF_A_MEETING, first=first
    )
    if not added:
        raise NoNewFiles
    facts = {"body_digest": digest, "meeting": meeting, "description": description, "author_id": author.id}
    made = [
        MeetingFile(
            key=_key_of(key, number), number=one.position, name=one.name, kind=one.kind, added_at=one.added_at, **facts
        )
        for number, one in enumerate(added)
    ]
    return [written(author, one, "add_file") for one in made]


def _key_of(key: str, number: int) -> str:
    return uuid5(UUID(key), str(number)).hex


def withdraw_file(author: Author, file: MeetingFile, *, reason: str) -> None:
    """Erase a file of the minutes; its number, what it was and the reason stay. Twice is once.

    Raises MinutesApproved when nobody may withdraw it any more.
    """
    hold_minutes(file.meeting)
    if file.withdrawn_at is not None:
        return
    _erase(file, reason)
    audit.note(author.id, "withdraw_file", "meeting_file", file.id, file.unit_path)


def erase_again(key: str) -> None:
    """Erase a file that a restored backup holds although it was withdrawn since; the reason is not known any more."""
    for file in queries.files_by_keys([key]):
        if file.withdrawn_at is None:
            _erase(file, gettext("withdrawn before a backup was restored"))


def _erase(file: MeetingFile, reason: str) -> None:
    file.withdrawn_at, file.withdrawn_because = now(), reason
    attachments.erase_file(file.name)
    audit.note_erasure(ERASED, file.key)
