"""The showroom: one page with every component, to look at and to check for accessibility without the rest of the product."""

from pathlib import Path

from flask import Flask, flash, render_template
from flask_login import LoginManager
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from consult.config import ROOT
from consult.web import assets, forms, languages, personal, security, widgets
from consult.web.place_field import PlaceField
from tests.web.showroom import country

CATEGORIES = [
    SelectChoice("parking", "Nieprawidłowe parkowanie", optgroup="Ruch drogowy"),
    SelectChoice("speed", "Przekraczanie dozwolonej prędkości", optgroup="Ruch drogowy"),
    SelectChoice("alcohol", "Spożywanie alkoholu w miejscach niedozwolonych", optgroup="Porządek"),
    SelectChoice("waste", "Dzikie wysypiska śmieci", optgroup="Porządek"),
]
DAYS = [
    SelectChoice("mon", "poniedziałek"),
    SelectChoice("tue", "wtorek"),
    SelectChoice("wed", "środa"),
    SelectChoice("thu", "czwartek"),
    SelectChoice("fri", "piątek"),
]


class EveryField(forms.Form):
    title = StringField(
        "Tytuł debaty", [InputRequired(), Length(max=120)], description="Na przykład: Bezpieczne osiedle"
    )
    email = EmailField("Adres e-mail", [Regexp(r".+@.+", message="Podaj adres e-mail w formie nazwa@domena.pl")])
    kind = SelectField(
        "Rodzaj spotkania",
        [InputRequired()],
        choices=[SelectChoice("", "Wybierz"), SelectChoice("debate", "Debata społeczna")],
    )
    category = SelectField("Kategoria zagrożenia", choices=CATEGORIES)
    held_on = DateField("Data", [InputRequired()], description="Dzień spotkania")
    starts_at = TimeField("Godzina")
    residents = IntegerField("Liczba mieszkańców", [NumberRange(min=0)])
    description = TextAreaField(
        "Opis", [InputRequired(), Length(max=500)], description="Nie podawaj nazwisk ani numerów rejestracyjnych."
    )
    note = TextAreaField("Notatka własna")
    channel = RadioField(
        "Skąd wiadomo", [InputRequired()], choices=[SelectChoice("phone", "Telefon"), SelectChoice("letter", "List")]
    )
    days = SelectMultipleField("Dni tygodnia", choices=DAYS)
    agreed = BooleanField("Treść sprawdzona, bez danych osobowych", [InputRequired()])
    secret = PasswordField("Hasło")
    scan = FileField("Skan notatki")
    save = SubmitField("Zapisz")


class PlaceQuestions(forms.Form):
    place = PlaceField(
        "Gdzie to jest?", search=country.search, communes=country.communes, frame=country.frame,
        district=lambda: "1003", shapes=("point", "line", "polygon"), description="Wystarczy jeden ze sposobów.",
    )  # fmt: skip
    title = StringField("Tytuł", [InputRequired()])
    save = SubmitField("Zapisz")


class ResidentsQuestion(forms.Form):
    place = PlaceField(
        "Gdzie to jest?", search=country.search, communes=country.communes, frame=country.frame, district=lambda: "1003"
    )
    save = SubmitField("Wyślij")


def make(**config) -> Flask:
    app = Flask("consult.app", root_path=str(ROOT / "consult"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY="showroom only, never the product", PUBLIC_URL="http://127.0.0.1", BABEL_DEFAULT_LOCALE="pl",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "consult" / "translations"), **config,
    )  # fmt: skip
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(Path(__file__).parent)])
    LoginManager(app).user_loader(lambda _id: None)
    app.jinja_env.globals.update(basemap_sheet=lambda: None)
    for part in (assets, security, languages, forms, personal, widgets):
        part.init_app(app)
    app.context_processor(lambda: surroundings(staff=False))
    app.add_url_rule("/", view_func=public_page)
    app.add_url_rule("/staff", view_func=staff_page)
    app.add_url_rule("/form", view_func=form_page, methods=["GET", "POST"])
    app.add_url_rule("/place", view_func=place_page, methods=["GET", "POST"])
    app.add_url_rule("/resident", view_func=resident_page, methods=["GET", "POST"])
    app.add_url_rule("/map", view_func=map_page)
    country.init_app(app)
    app.add_url_rule("/error", view_func=error_page)
    return app


def surroundings(*, staff: bool):
    public = [("Mapa", "page"), ("Zgłoś zagrożenie", ""), ("Lista zagrożeń", "")]
    own = {"Dziś": [("Dziś", "page")], "Głosy": [("Debaty", ""), ("Ankiety", "")], "Konta": [("Konta", "")]}
    links = lambda names: [{"label": label, "url": "/", "current": current} for label, current in names]  # noqa: E731
    sections = [
        {"label": label, "items": links(names), "is_current": names[0][1] != ""} for label, names in own.items()
    ]
    return {
        "navigation": links(public),
        "staff_navigation": sections if staff else [],
        "account": {"name": "asp. szt. Anna Nowak", "url": "/", "sign_out_url": "/"},
        "sign_in_url": "/staff",
        "demonstration": True,
        "footer_links": [("Deklaracja dostępności", "/"), ("Prywatność", "/"), ("Regulamin", "/"), ("Kontakt", "/")],
    }


def public_page():
    flash("Zapisano zgłoszenie. Numer: ŁS-2026-0042.", "success")
    return render_template("showroom.html")


def staff_page():
    flash("Do terminu zostały 2 dni robocze.")
    return render_template("showroom.html", **surroundings(staff=True))


def form_page():
    form = EveryField()
    form.validate_on_submit()
    return render_template("showroom_form.html", form=form), form.status


def place_page():
    return answer(PlaceQuestions())


def resident_page():
    return answer(ResidentsQuestion())


def answer(form):
    """Show what would be saved, or the form again."""
    if form.validate_on_submit():
        return form.place.data.record
    return render_template("showroom_form.html", form=form), form.status


def map_page():
    return render_template("showroom_map.html")


def error_page():
    return render_template("errors/error.html", code=404, title="Nie ma takiej strony", advice="Sprawdź adres."), 404


if __name__ == "__main__":
    make().run(port=5099)
