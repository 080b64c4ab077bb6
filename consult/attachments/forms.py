"""The field with which people add files: it works without scripts, and what was right stays when the form comes back.

A browser gives a file only once. So the files that may be taken are held under the form's key as soon as they come,
whatever else is wrong with the form; they get their owner when it is sent, and are forgotten after a day.
"""

from collections.abc import Sequence
from typing import Any

from flask import current_app, get_template_attribute, request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms.validators import ValidationError

from consult.attachments import operations, queries
from consult.attachments.folder import Held
from consult.attachments.sifting import MOST_BYTES, MOST_FILES, FileRefused, Sifted, Wrong, sift
from consult.attachments.wording import reason, shown_name, title
from consult.web import traffic
from consult.web.limits import network_key

HOUR_S = 3600
MOST_AN_HOUR = 90
"""Files that one network may bring in an hour: thirty reports with three each."""

MOST_POSTED_BYTES = 20 * 1024 * 1024
"""What a form with files may weigh: more than is taken, so that large photos get an answer and not a torn line."""

MOST_NAMED = 5
"""So many files are named that were too many."""

HINT = _l(
    "Up to 3 photos or PDF files, 5 MB together. What a photo says about where and when it was taken is removed. Only "
    "the police see the files."
)


class AttachmentsField(MultipleFileField):  # type: ignore[misc]  # Flask-WTF has no types
    """Files to add. The view calls `hold` before it validates the form; `held` is what waits, and is shown."""

    def __init__(self, label: Any = "", description: Any = HINT, most_bytes: int = MOST_BYTES, **kwargs: Any) -> None:
        self.most_bytes = most_bytes
        self.complaints: list[str] = []
        self.held: Sequence[Held] = ()
        self._sifted: list[tuple[str, Sifted]] = []
        super().__init__(label, description=description, **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        """Sift what the browser sent, before the form asks the database anything: drawing anew takes its time."""
        super().process_formdata(valuelist)
        files: Sequence[FileStorage] = self.data or ()
        room = self.most_bytes
        for storage in files[:MOST_FILES]:
            room -= self._take(shown_name(storage.filename), storage.read(room + 1), room)
        self._leave_out([shown_name(storage.filename) for storage in files[MOST_FILES:]])

    def _take(self, name: str, content: bytes, room: int) -> int:
        """Sift one file if it fits into the room that is left, and tell how much of it that took."""
        if len(content) > room:
            self.complaints.append(reason(Wrong.TOO_LARGE, name, self.most_bytes))
            return 0
        try:
            self._sifted.append((name, sift(content)))
        except FileRefused as refused:
            self.complaints.append(reason(refused.wrong, name))
        return len(content)

    def _leave_out(self, names: Sequence[str]) -> None:
        if names:
            more = [] if len(names) <= MOST_NAMED else ["…"]
            self.complaints.append(reason(Wrong.TOO_MANY, ", ".join([*names[:MOST_NAMED], *more])))

    def hold(self, source: str, source_key: str) -> None:
        """Let the files that may be taken wait for the form to be sent, and forget those that were taken back."""
        operations.drop(source, source_key, request.form.getlist(f"{self.name}-remove"))
        waiting = queries.held(source, source_key)
        new = [(name, one) for name, one in self._sifted if one.digest not in {held.digest for held in waiting}]
        room = MOST_FILES - len(waiting)
        self._leave_out([name for name, _one in new[room:]])
        self._hold(source, source_key, self._fitting(new[:room], sum(held.size_bytes for held in waiting)))
        self.held = queries.held(source, source_key)
        self.errors = self._errors()

    def _fitting(self, new: Sequence[tuple[str, Sifted]], taken: int) -> list[Sifted]:
        """Leave out what is too much beside the files that wait already."""
        fitting = []
        for name, one in new:
            if taken + len(one.content) > self.most_bytes:
                self.complaints.append(reason(Wrong.TOO_LARGE, name, self.most_bytes))
            else:
                taken += len(one.content)
                fitting.append(one)
        return fitting

    def _hold(self, source: str, source_key: str, new: Sequence[Sifted]) -> None:
        if not new:
            return
        if _is_too_often(len(new)):
            self.complaints.append(reason(Wrong.TOO_OFTEN))
            return
        try:
            if not queries.folder().has_room():
                raise OSError("the disk is nearly full")  # noqa: TRY301  # the same to the reader as a disk that refuses
            operations.hold(source, source_key, new)
        except OSError as error:
            current_app.logger.error("files cannot be saved: %s", type(error).__name__)  # noqa: TRY400
            self.complaints.append(reason(Wrong.NO_ROOM))

    def pre_validate(self, form: Any) -> None:
        """Say what was not taken; the form is sent with the rest when it is sent again."""
        super().pre_validate(form)
        if self.complaints:
            raise ValidationError(" ".join(self.complaints))

    def _errors(self) -> list[str]:
        """Give the complaints also to a form that only asks again, which is not validated."""
        return [" ".join(self.complaints)] if self.complaints else []

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Name what waits, by its digest: "Photo 1"."""
        return [(one.digest, title(one.kind, number)) for number, one in enumerate(self.held, 1)]

    def draw(self, **_overrides: Any) -> str:
        """Draw the field with what waits already."""
        return str(get_template_attribute("macros/files.html", "files_question")(self))


def _is_too_often(count: int) -> bool:
    if not current_app.config["RATELIMIT_ENABLED"]:
        return False
    return traffic.hit(f"files {network_key()}", HOUR_S, count) > MOST_AN_HOUR
