"""Tables of police records: the measures, and how many offences were recorded of each, by area and period."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import Key, Model
from consult.police_records.measures import Unit


class RecordedMeasure(Model):
    """What is counted: its code, its name as the first file had it, its unit, and the measure that it relates to."""

    __tablename__ = "recorded_measure"

    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    unit: Mapped[Unit]
    of_code: Mapped[str] = mapped_column(String(80))


class RecordedFigure(Model):
    """One figure of an area and period: an aggregate, never a person; `flag` is the sign where there is no number.

    `place` names a part of the area, where a table of the police tells it; empty for the whole area.
    """

    __tablename__ = "recorded_figure"
    __table_args__ = (
        UniqueConstraint("area_code", "period", "measure_code", "place"),
        CheckConstraint("(value IS NULL) = (flag <> '')", "a_number_or_a_sign"),
        Index(None, "measure_code", "period"),
    )

    id: Mapped[Key]
    area_code: Mapped[str] = mapped_column(String(6))
    period: Mapped[str] = mapped_column(String(7))
    measure_code: Mapped[str] = mapped_column(ForeignKey("recorded_measure.code"))
    place: Mapped[str] = mapped_column(String(160))
    value: Mapped[float | None]
    flag: Mapped[str] = mapped_column(String(5))
    file_id: Mapped[int] = mapped_column(ForeignKey("figure_file.id"))

    measure: Mapped[RecordedMeasure] = relationship()
