"""The sheet as a document: what stands on one version of it, with what people said up to that day."""

from pathlib import Path

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from consult.allocation import queries, wording
from consult.allocation.models import AllocationSheet, AllocationVersion
from consult.districts import queries as districts
from consult.documents.rendering import Document, Renderer
from consult.period import day_of

STYLE = Path(__file__).with_name("sheet.css")


def printed(sheet: AllocationSheet, version: AllocationVersion) -> bytes:
    """Print a version of a sheet as PDF/UA. Raises DocumentRefused."""
    with Renderer() as renderer:
        return renderer.print(document_of(sheet, version))


def document_of(sheet: AllocationSheet, version: AllocationVersion) -> Document:
    """Word a version of a sheet in Polish, ready to be printed."""
    content, day = version.read, day_of(version.saved_at)
    with force_locale("pl"):
        title = _("Sheet of a proposed change: %(title)s", title=content.title)
        template = current_app.jinja_env.get_template("allocation/sheet_document.html")
        html = template.render(
            sheet=sheet,
            version=version,
            title=title,
            area=districts.names([sheet.area_code]).get(sheet.area_code, sheet.area_code),
            area_km2=queries.area_km2(sheet.area_code),
            day_said=day,
            **wording.everything(content, queries.perceived(sheet.area_code, day)),
        )
    return Document(html, {"sheet.css": STYLE.read_bytes()}, lang="pl", title=title, moment=version.saved_at)
