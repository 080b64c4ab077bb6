"""Tables of Open311: the keys with which other systems report, and which report came by which key."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.db import Key, Model
from consult.online_reports.models import OnlineReport

WHOLE_COUNTRY = "pl"


class ApiKey(Model):
    """The right of another system to report, within one jurisdiction; of the key itself only the hash is kept.

    `jurisdiction` is a district's or voivodeship's TERYT code, or `pl` for the whole country.
    """

    __tablename__ = "api_key"
    __table_args__ = (CheckConstraint("length(jurisdiction) IN (2, 4)", "jurisdiction_is_a_code"),)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    jurisdiction: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    def serves(self, district_code: str) -> bool:
        """Tell whether reports about a district may come by this key."""
        return self.jurisdiction == WHOLE_COUNTRY or district_code.startswith(self.jurisdiction)


class ServiceRequest(Model):
    """A report that came by a key; everything else about it is the report's own."""

    __tablename__ = "service_request"

    report_id: Mapped[int] = mapped_column(ForeignKey("online_report.id"), primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), index=True)

    report: Mapped[OnlineReport] = relationship()
    api_key: Mapped[ApiKey] = relationship()
