"""The textbook's way: a WTForms field for each question, drawn by its widget, and an ORM row for each answer."""

import uuid

from flask import redirect, render_template_string
from flask_wtf import FlaskForm
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship
from wtforms import RadioField
from wtforms.validators import InputRequired

from benchmarks.serving.product import app, db
from consult.db import Model

QUESTIONS, CHOICES = 15, [("1", "jeden"), ("2", "dwa"), ("3", "trzy"), ("4", "cztery"), ("5", "pięć")]


class TextbookSubmission(Model):
    __tablename__ = "textbook_submission"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    answers: Mapped[list["TextbookAnswer"]] = relationship(back_populates="submission")


class TextbookAnswer(Model):
    __tablename__ = "textbook_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("textbook_submission.id"), index=True)
    question: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(20))
    submission: Mapped[TextbookSubmission] = relationship(back_populates="answers")


fields = {f"q{n}": RadioField(f"Pytanie {n}", choices=CHOICES, validators=[InputRequired()]) for n in range(QUESTIONS)}
SurveyForm = type("SurveyForm", (FlaskForm,), fields)
PAGE = """<form method=post>{{ form.csrf_token }}
{% for f in form if f.name != 'csrf_token' %}{{ f.label }}{{ f() }}{% endfor %}</form>"""


@app.route("/textbook", methods=["GET", "POST"])
def textbook():
    form = SurveyForm()
    if form.validate_on_submit():
        row = TextbookSubmission(id=uuid.uuid4().hex)
        row.answers = [TextbookAnswer(question=name, value=form[name].data) for name in fields]
        db.session.add(row)
        return redirect("/health", 303)
    return render_template_string(PAGE, form=form)


textbook.audience = "public"

with app.app_context():
    Model.metadata.create_all(
        db.engine, tables=[TextbookSubmission.__table__, TextbookAnswer.__table__], checkfirst=True
    )
