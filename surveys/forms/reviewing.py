"""Forms of the coordinator's desk. A field is named as its operation's parameter."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from consult.clock import today
from consult.config import VERSION
from consult.web.forms import Form, PlainText
from consult.web.personal import personal
from surveys.models import AnswerTemplate, Change, Feedback, FeedbackState, Wish, WishKind
from surveys.opinions import choices, in_words
from surveys.queries.feedback import Wanted

MOST_OFFERED = 24
"""Wishes that are offered to tick; all others are found by typing their title."""


class NothingPersonal:
    """Validator: words that are published hold nothing that looks like personal data."""

    def __call__(self, _form: Any, field: Field) -> None:
        refuse_personal(field.data or "")


def refuse_personal(text: str) -> None:
    """Refuse a text that looks as if it named or reached somebody, and say what to take out."""
    found = personal(text)
    if found:
        raise ValidationError(_("Take this out before it is published: %(found)s.", found=", ".join(found)))


class AskingButton(SubmitField):
    """A button that helps to fill in the form and saves nothing."""

    @property
    def asks_again(self) -> bool:
        """Whether it was pressed."""
        return bool(self.data)


def _all(codes: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(code, words) for code, words in choices(codes)]


def _or_none(offered: Iterable[SelectChoice]) -> list[SelectChoice]:
    return [SelectChoice("", _("none")), *offered]


def _optional_number(text: Any) -> int | None:
    return int(text) if text else None


class ReviewForm(Form):
    """What the coordinator decides about an opinion."""

    state = RadioField(_l("State"), [InputRequired()], choices=_all(FeedbackState), coerce=FeedbackState)
    wish_ids = SelectMultipleField(_l("What does it ask for?"), coerce=int)
    wish_kind = SelectField(_l("Kind"), choices=_all(WishKind), coerce=WishKind, default=WishKind.FEATURE)
    wish_title = StringField(
        _l("Another wish or theme"),
        [PlainText(), Length(max=120), NothingPersonal()],
        description=_l("A title that is known already is joined, a new one is added."),
    )
    change_ids = SelectMultipleField(_l("Answered by a change"), coerce=int)
    template_id = SelectField(_l("Answer template"), coerce=_optional_number, default="")
    insert = AskingButton(_l("Insert"))
    answer = TextAreaField(
        _l("Answer"),
        [PlainText(), Length(max=2_000), NothingPersonal()],
        description=_l("Whoever wrote the opinion reads it by the receipt."),
    )
    note = TextAreaField(_l("Internal note"), [PlainText(), Length(max=2_000)])

    def offer(
        self,
        opinion: Feedback,
        *,
        ranking: Mapping[WishKind, Sequence[Wanted]],
        changes: Sequence[Change],
        templates: Sequence[AnswerTemplate],
    ) -> None:
        """Offer the most wanted wishes, the latest changes and the templates, and tick what was chosen before."""
        wanted = sorted((one for ranked in ranking.values() for one in ranked), key=lambda one: -one.voices)
        wishes = {wish.id: wish for wish in [*opinion.wishes, *(one.wish for one in wanted[:MOST_OFFERED])]}
        joined = {change.id: change for change in [*opinion.changes, *changes]}
        self.wish_ids.choices = [SelectChoice(wish.id, titled(wish)) for wish in wishes.values()]
        self.change_ids.choices = [SelectChoice(change.id, change.title) for change in joined.values()]
        self.template_id.choices = _or_none(SelectChoice(one.id, one.title) for one in templates)
        if not self.is_submitted():
            self.wish_ids.data = [wish.id for wish in opinion.wishes]
            self.change_ids.data = [change.id for change in opinion.changes]
            self.state.data = FeedbackState.READ if opinion.state is FeedbackState.NEW else opinion.state

    def use_template(self, templates: Sequence[AnswerTemplate]) -> None:
        """Put the chosen template's words into the answer, below what stands there."""
        chosen = next((one.text for one in templates if one.id == self.template_id.data), "")
        self.answer.data = "\n\n".join(filter(None, ((self.answer.data or "").strip(), chosen)))

    @property
    def values(self) -> dict[str, Any]:
        """The decision, without what helped to write it."""
        return {name: value for name, value in super().values.items() if name != "template_id"}


def titled(wish: Wish) -> str:
    """Name a wish with its kind: "Wished feature: dark colours"."""
    return f"{in_words(wish.kind)}: {wish.title}"


class WishForm(Form):
    """A wish's kind and title."""

    kind = RadioField(_l("Kind"), [InputRequired()], choices=_all(WishKind), coerce=WishKind)
    title = StringField(_l("Title"), [DataRequired(), PlainText(), Length(max=120), NothingPersonal()])


class MergeForm(Form):
    """Which wish another one is merged into."""

    into = SelectField(_l("Merge into"), [InputRequired(_l("Choose the wish that stays."))], coerce=_optional_number)

    def offer(self, wishes: Sequence[Wish], wish: Wish) -> None:
        """Offer all the others."""
        others = (SelectChoice(one.id, titled(one)) for one in wishes if one.id != wish.id)
        self.into.choices = [SelectChoice("", _("Choose")), *others]


class TemplateForm(Form):
    """Words to answer with again and again."""

    title = StringField(_l("Title"), [DataRequired(), PlainText(), Length(max=80)])
    text = TextAreaField(
        _l("Words of the answer"), [InputRequired(), PlainText(), Length(max=2_000), NothingPersonal()]
    )


class ChangeForm(Form):
    """What was changed in the application. Whoever publishes it may not publish anybody with it."""

    title = StringField(
        _l("What was changed"),
        [DataRequired(), PlainText(), Length(max=160)],
        description=_l("One line: what people can do now."),
    )
    text = TextAreaField(_l("In a few sentences"), [DataRequired(), PlainText(), Length(max=2_000)])
    app_version = StringField(
        _l("Since version"),
        [PlainText(), Length(max=40)],
        default=VERSION,
        render_kw={"classes": "govuk-input--width-10"},
    )
    changed_on = DateField(
        _l("Since"), [InputRequired()], default=today, render_kw={"classes": "govuk-input--width-10"}
    )
    wish_id = SelectField(
        _l("Answers this wish"),
        coerce=_optional_number,
        description=_l("Once it is published, all opinions with this wish are done and show the change."),
    )
    publish = SubmitField(_l("Save and publish"))

    def offer(self, wishes: Sequence[Wish]) -> None:
        """Offer the wishes that a change may answer."""
        self.wish_id.choices = _or_none(SelectChoice(wish.id, titled(wish)) for wish in wishes)
        self._wishes = {wish.id: wish for wish in wishes}

    def is_to_be_seen(self, change: Change | None) -> bool:
        """Tell whether what the form says is published when it is saved."""
        return bool(self.publish.data) or (change is not None and change.is_published)

    def may_be_seen(self) -> bool:
        """Tell whether nothing in it looks like personal data; what does is an error of its field."""
        wish = self._wishes.get(self.wish_id.data)
        said = {self.title: self.title.data, self.text: self.text.data, self.wish_id: wish.title if wish else ""}
        for field, text in said.items():
            try:
                refuse_personal(text or "")
            except ValidationError as error:
                field.errors = [str(error)]
        return not self.errors
