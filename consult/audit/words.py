"""The trail in the reader's words. An act that has no words here is shown by its code."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

ACTS = {
    "sign_in": _l("signed in"),
    "sign_out": _l("signed out"),
    "create_unit": _l("entered a unit"),
    "create_account": _l("opened an account"),
    "end_account": _l("closed an account"),
    "hand_over": _l("handed over open work"),
    "issue_link": _l("sent a link for a password"),
    "set_password": _l("set a password by a link"),
    "change_password": _l("changed the own password"),
    "record_meeting": _l("entered a debate"),
    "correct_meeting": _l("corrected a debate"),
    "record_statement": _l("entered a statement"),
    "correct_statement": _l("corrected a statement"),
    "withdraw_statement": _l("withdrew a statement"),
    "record_proposal": _l("entered a proposal"),
    "correct_proposal": _l("corrected a proposal"),
    "answer_proposal": _l("answered a proposal"),
    "record_commitment": _l("entered a commitment"),
    "close_commitment": _l("closed a commitment"),
    "change_status": _l("changed the status of a threat"),
    "detach": _l("detached a voice"),
    "move": _l("moved a voice"),
    "keep_apart": _l("kept two apart"),
    "reverse_ruling": _l("changed a decision on joining"),
    "review_feedback": _l("reviewed an opinion"),
    "create_wish": _l("added a wish"),
    "rename_wish": _l("renamed a wish"),
    "merge_wishes": _l("merged two wishes"),
    "write_answer_template": _l("wrote an answer template"),
    "record_change": _l("entered a change in the application"),
    "correct_change": _l("corrected a change in the application"),
    "publish_change": _l("published a change in the application"),
    "withdraw_change": _l("withdrew a change in the application"),
    "create_survey": _l("began a survey"),
    "draft_survey": _l("uploaded a questionnaire"),
    "discard_draft": _l("deleted a draft of a questionnaire"),
    "remove_survey": _l("deleted a survey that was never published"),
    "publish_survey": _l("published a questionnaire"),
    "schedule_survey": _l("set the times of a survey"),
    "close_survey": _l("closed a survey"),
    "reopen_survey": _l("opened a survey again"),
    "invite": _l("issued codes for a survey"),
    "revoke_invitations": _l("took back codes of a survey"),
    "create_api_key": _l("issued a key for another system"),
    "revoke_api_key": _l("ended a key for another system"),
}
KINDS = {
    "account": _l("account"),
    "unit": _l("unit"),
    "meeting": _l("debate"),
    "statement": _l("statement"),
    "proposal": _l("proposal"),
    "commitment": _l("commitment"),
    "threat": _l("threat"),
    "ruling": _l("decision on joining"),
    "summary": _l("summary"),
    "feedback": _l("opinion"),
    "wish": _l("wish"),
    "answer_template": _l("answer template"),
    "change": _l("change in the application"),
    "survey": _l("survey"),
    "api_key": _l("key for another system"),
}
DETAILS = {
    "count": _l("number"),
    "role": _l("role"),
    "purpose": _l("purpose"),
    "code": _l("code"),
    "successor": _l("successor"),
    "refused_before": _l("refused sign-ins before"),
    "before": _l("status before"),
    "after": _l("status after"),
    "observation": _l("voice"),
    "to": _l("moved to threat"),
    "wish": _l("merged wish"),
    "version": _l("version"),
    "digest": _l("digest"),
    "jurisdiction": _l("area served"),
}
VALUES = {
    "first_password": _l("first password"),
    "forgotten_password": _l("forgotten password"),
    "new": _l("New"),
    "in_verification": _l("In verification"),
    "confirmed": _l("Confirmed"),
    "eliminated": _l("Confirmed, eliminated"),
    "handed_over": _l("Confirmed, handed over"),
    "not_confirmed": _l("Not confirmed"),
    "joke": _l("Joke or mistake"),
    "read": _l("Read"),
    "planned": _l("Planned"),
    "done": _l("Carried out"),
    "declined": _l("Declined"),
    "spam": _l("Spam"),
}
"""Codes that stand in the details; roles have their words in the accounts."""


def in_order(detail: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """List details in the order of DETAILS, whatever order the database gives them in."""
    names = list(DETAILS)
    return sorted(detail.items(), key=lambda pair: (names.index(pair[0]) if pair[0] in names else len(names), pair[0]))
