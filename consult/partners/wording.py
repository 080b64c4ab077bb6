"""The kinds of partners in words."""

from flask_babel import lazy_gettext as _l

from consult.partners.models import PartnerKind

KIND_LABELS = {
    PartnerKind.COMMUNE: _l("Commune or town office"),
    PartnerKind.ROAD: _l("Road manager"),
    PartnerKind.RAILWAY: _l("Railway"),
    PartnerKind.HOUSING: _l("Housing administration"),
    PartnerKind.NATURE: _l("Manager of waters or forests"),
    PartnerKind.OTHER: _l("Another office"),
}
