"""A visit: one person on one page of a questionnaire, and how that page is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import current_app, get_template_attribute, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import generate_csrf

from consult.clock import now
from consult.web import traffic
from consult.web.languages import chosen
from consult.web.limits import network_key
from consult.web.open_forms import Pause
from consult.web.place_field import PlaceField
from surveys import pages
from surveys.carried import Carried
from surveys.complaints import Spoken
from surveys.forms.places import place_fields
from surveys.models import Access, Mode
from surveys.operations import answering
from surveys.operations.answering import Shut
from surveys.queries.answering import Head
from surveys.questionnaire import Answers, Fault, Questionnaire, Step
from surveys.views.printing import Press, form_url, printed, progress, said_of

CHECK = "check"
HISTORY = "private, no-cache"
"""Going back in the browser shows the page as it was left."""

NO_COOKIES = Pause(
    _l("Send it once more, please"),
    _l("Your browser did not send our cookie back. Nothing is lost. If this page comes again, allow cookies for it."),
)
TOO_MANY = Pause(
    _l("Many answers came from your network"),
    _l("Nothing is lost: your answers are below. Wait an hour and send them, or stop and come back later."),
    429,
)


@dataclass(frozen=True)
class Visit:
    """One person on one page of a survey."""

    survey: Head
    mode: Mode
    asking: Questionnaire
    carried: Carried

    @property
    def spoken(self) -> Spoken:
        """The texts in the person's language."""
        return Spoken(self.carried.language)

    @property
    def answers(self) -> Answers:
        """The answers so far."""
        return self.carried.answers

    @property
    def url(self) -> str:
        """Where the form is sent."""
        return form_url(self.survey.slug, self.mode)

    @property
    def is_first_turn(self) -> bool:
        """Whether a resident has only opened the survey: the first page sets no cookie, so no token comes back.

        Nobody is signed in there and nothing is sent from there; the pages that follow have tokens.
        """
        return self.mode is Mode.WEB and self.carried.is_new

    def with_answers(self, answers: Answers) -> "Visit":
        """Go on with other answers, those that nobody is asked for left behind."""
        return replace(self, carried=self.carried.with_answers(self.asking.pruned(answers)))


def translated(visit: Visit, go: str) -> Visit:
    """Go on in the language that a button names, if the questionnaire has it."""
    language = go.partition(":")[2]
    if language not in visit.asking.definition.languages:
        return visit
    return replace(visit, carried=replace(visit.carried, language=language))


def language_of(asking: Questionnaire) -> str:
    """Choose the language to begin in: the one asked for or that of the site, else the questionnaire's first."""
    wanted = request.values.get("language") or chosen()
    offered = asking.definition.languages
    return wanted if wanted in offered else offered[0]


def why_shut(survey: Head, mode: Mode) -> str | None:
    """Tell why a survey cannot be answered here, if it cannot."""
    why = answering.why_shut(survey.opens_at, survey.closes_at, survey.closed_at, now())
    if why is None and survey.version_id is None:
        return Shut.NOT_YET
    if why is None and survey.access is Access.STAFF and mode is Mode.WEB:
        return "staff"
    return why or (Shut.FULL if survey.is_full else None)


def shown(
    visit: Visit,
    step: Step,
    *,
    fields: Mapping[str, PlaceField] | None = None,
    sent: Mapping[str, list[str]] | None = None,
    faults: tuple[Fault, ...] = (),
    pause: Pause | None = None,
) -> ResponseReturnValue:
    """Show a page: with what was just sent, or with the answers it had."""
    text = filled(visit, step, fields=fields, sent=sent, faults=faults, pause=pause)
    return page_of(text, 422 if faults else pause.status if pause else 200)


def filled(
    visit: Visit,
    step: Step,
    *,
    fields: Mapping[str, PlaceField] | None = None,
    sent: Mapping[str, list[str]] | None = None,
    faults: tuple[Fault, ...] = (),
    pause: Pause | None = None,
    mark_person: bool = False,
) -> str:
    """Fill in a page; `mark_person` leaves open what distinguishes one person who begins from the next."""
    with force_locale(visit.carried.language):
        here = visit.asking.here(step, visit.answers)
        shown = visit.asking.shown(step, visit.answers)
        blanks = pages.blanks_of(step.page, shown, pages.sent_again(step.page, here) if sent is None else sent)
        if fields is None:
            fields = place_fields(visit.survey.area_codes, step, here, visit.spoken, fresh=True)
        blanks |= {f"place:{name}": str(field.draw()) for name, field in fields.items() if name in shown}
        blanks |= said_of(faults, visit.spoken, shown)
        if pause is not None:
            blanks["summary"] = _pause_box(pause) + blanks.get("summary", "")
        person = {name: pages.blank(name) for name in PERSONAL} if mark_person else carrying(visit, step.key)
        blanks |= person | {"progress": progress(visit.asking, step, visit.answers)}
        page = printed(visit.asking, step.page, press_of(visit))
        return page.filled(blanks, pages.left_out_of(step.page, shown) | _buttons_left_out(visit, step))


PERSONAL = ("token", "state", "step")
"""What of a first page is each person's own."""


def carrying(visit: Visit, key: str, *, with_token: bool = True) -> dict[str, str]:
    """Give what the form carries: the token, the answers so far, and which page it is."""
    secret = str(current_app.config["SECRET_KEY"])
    token = generate_csrf() if with_token else ""
    return {"token": token, "state": visit.carried.signed(secret), "step": key}


def _buttons_left_out(visit: Visit, step: Step) -> set[str]:
    out = set()
    if step == visit.asking.first:
        out.add("back")
    if step.page.repeat is not None:
        rounds = len(visit.answers.get(step.page.repeat.name, ()))
        out |= {"add"} if max(rounds, step.round + 1) >= step.page.repeat.most else set()
        out |= {"drop"} if rounds == 0 or (step.round == 0 and rounds == 1) else set()
    return out


def press_of(visit: Visit) -> Press:
    """Tell which printed pages the visit sees."""
    survey = visit.survey
    return Press(
        visit.asking.digest,
        visit.carried.language,
        visit.mode,
        survey.access,
        visit.survey.slug,
        survey.is_demonstration,
    )


def _pause_box(pause: Pause) -> str:
    return str(get_template_attribute("macros/form.html", "pause_notice")(pause))


def page_of(text: str, status: int = 200) -> ResponseReturnValue:
    response = make_response(text, status)
    response.headers["Cache-Control"] = HISTORY
    return response


MOST_AN_HOUR = 120
"""Submissions to one survey, drafts and codes that one network may send in an hour: a school is one network too."""


def is_too_often(what: str) -> bool:
    return traffic.hit(f"{what} {network_key()}", 3600) > MOST_AN_HOUR
