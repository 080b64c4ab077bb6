"""Pages of accounts, by what the person does: signing in, its second step, the own account, the accounts of a unit."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

from consult.accounts.views import (  # noqa: E402  # they use `bp`
    managing,  # noqa: F401
    own,  # noqa: F401
    securing,  # noqa: F401
    signing_in,  # noqa: F401
)
