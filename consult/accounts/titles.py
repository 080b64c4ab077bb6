"""Roles in the reader's words."""

from flask_babel import lazy_gettext as _l

from consult.web.roles import Role

ROLES = {
    Role.OFFICER: _l("Officer"),
    Role.HEAD: _l("Head of unit"),
    Role.COORDINATOR: _l("Coordinator"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
DUTIES = {
    Role.OFFICER: _l("Enters debates, checks threats and answers residents of the unit."),
    Role.HEAD: _l("Does what an officer does and opens and ends accounts of the unit."),
    Role.COORDINATOR: _l("Sees figures and debates of all units below and decides on joining threats."),
    Role.ADMINISTRATOR: _l("Opens and ends accounts and sees the audit trail; no access to the content."),
}
