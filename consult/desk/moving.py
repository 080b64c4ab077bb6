"""Warnings under new boundaries: one for a district that is gone stands in the one that got most of its land."""

from collections.abc import Mapping

from sqlalchemy import update

from consult.db import db
from consult.desk import banners
from consult.desk.models import Banner
from consult.districts.moving import Holding


def rename(heirs: Mapping[str, str]) -> None:
    """Let warnings that are not over stand where their readers live now; those of the past keep their district."""
    for gone, heir in heirs.items():
        own = (Banner.area_code == gone, banners.is_coming_or_shown())
        db.session.execute(update(Banner).where(*own).values(area_code=heir))
    banners.forget()


HOLDINGS = (Holding("banners", rename=rename),)
