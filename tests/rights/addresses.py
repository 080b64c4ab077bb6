"""An address of every page, made of what the world of unit 1003 has."""

from consult.db import db
from consult.online_reports.models import OnlineReport
from consult.online_reports.queries import stop_key


def values_of(rule, names):
    """What stands in the variable parts of an address; KeyError names a part for which the world has nothing."""
    return {name: value(rule.endpoint, name, names) for name in rule.arguments}


def value(endpoint, name, names):
    """What the world calls a part of an address."""
    for chosen in ((endpoint, name), (endpoint.partition(".")[0], name), name):
        if chosen in PARTS:
            found = PARTS[chosen]
            return found(names) if callable(found) else names.get(found, found)
    raise KeyError(f"{endpoint} {name}")


def stop(names):
    return stop_key(db.session.get(OnlineReport, names["report"]))


def first_of(table):
    """The number of a table's first row: which one that is hangs on what was written and taken back before."""
    return lambda _names: db.session.scalar(db.text(f"SELECT min(id) FROM {table}"))  # a name of ours


MEETINGS = {
    "planned": (
        "announcement", "announcement_ics", "announcement_svg", "begin", "briefing", "briefing_pdf", "call_off",
        "edit_plan", "show_plan", "poster",
    ),
    "approved": ("minutes", "minutes_pdf", "open_again", "versions", "version", "full_pdf", "full_docx"),
    "correcting": (
        "approve", "corrections", "new_correction_link", "end_correction_link", "take_over_suggestion",
        "decline_suggestion", "suggest",
    ),
    "evaluating": ("taken_over",),
    "called off": ("hold_after_all",),
}  # fmt: skip
"""How far the minutes are that a page is about; all other pages are about minutes that are being written."""

PARTS = {
    "code": "1003", "district": "1003", "neighbourhood": "1003", "force": "10", "z": 8, "x": 141, "y": 84,
    "threat_id": "threat", "observation_id": "voice", "meeting_id": "drafting", "statement_id": "statement of drafting",
    "proposal_id": "proposal of drafting", "slug": "survey", "question": "why", "number": 1, "name": "file",
    "form": "json", "period": "period", "version_id": "draft", "account_id": "colleague", "unit_id": "unit",
    "area_id": "unit area", "form_id": "paper form", "sheet_id": "sheet", "sample_id": "sample", "pair_id": "pair",
    "hand_over_id": "hand_over", "suggestion_id": "suggestion", "partner_id": "partner", "act_id": "act",
    "report_id": "waiting report", "task_id": "task", "release_id": "release", "receipt": "receipt", "anything": "nothing",
    "service_code": "parkowanie", "service_request_id": "threat", "measure": "criminal", "set_id": first_of("boundary_set"),
    "banner_id": first_of("banner"), "feedback_id": first_of("feedback"), "wish_id": first_of("feedback_wish"),
    "change_id": first_of("feedback_change"), "template_id": first_of("feedback_answer_template"),
    ("help.see_news", "number"): 16,
    "view_id": first_of("saved_view"),
    "reader_id": first_of("summary_reader"), "outcome_id": first_of("report_outcome"),
    "link_id": first_of("correction_link"), "commitment_id": first_of("commitment"),
    "check_id": first_of("threat_check"), "screening_id": first_of("screening"), "section": "basics", "rows": "indicators", "task": lambda _names: "report", "turn": "first",
    "handle": "nothing", "kind": "pdf", "decision": "shown", "filename": "images/favicon.svg",
    ("web.language_choice", "code"): "en",
    ("threats", "template_id"): first_of("reason_template"),
    ("debates", "change_id"): first_of("proposal_change"),
    ("debates.write_again", "statement_id"): "crossed out",
    ("debates.suggest", "statement_id"): "statement of correcting",
    ("debates.take_over_suggestion", "suggestion_id"): "minutes suggestion",
    ("debates.decline_suggestion", "suggestion_id"): "minutes suggestion",
    ("debates.published_proposal", "proposal_id"): "proposal of approved",
    ("debates.statement", "key"): "statement key",
    ("debates.check_import", "key"): "import key",
    ("debates.import_faults", "key"): "import key",
    ("police_records.check_import", "key"): "import key",
    ("police_records.import_faults", "key"): "import key",
    ("police_records.import_figures", "kind"): "offences",
    ("police_records.template_csv", "kind"): "offences",
    ("police_records.drawing", "measure"): "measure",
    ("paper.mark", "key"): "mark key",
    ("paper.scan", "name"): "scan",
    ("paper.remove_scan", "name"): "scan",
    ("paper.settle_sheet", "number"): 2,
    ("threats.hand_over", "threat_id"): "confirmed_threat",
    ("threats.letter_pdf", "threat_id"): "handed_threat",
    ("threats.new_partner_answer", "threat_id"): "handed_threat",
    ("handling", "observation_id"): "reported voice",
    ("handling.file", "name"): "file",
    ("debates.read_minutes", "token"): "correction token",
    ("debates.remark", "token"): "correction token",
    ("debates.suggest", "token"): "correction token",
    ("accounts.set_password", "token"): "password token",
    ("accounts.link", "account_id"): "newcomer",
    ("accounts.reopen", "account_id"): "gone",
    ("following.confirm_letters", "token"): "letters token",
    ("following.stop_letters", "key"): stop,
    ("readers.stop", "token"): "stop token",
    ("open311.token", "token"): "nothing",
    ("surveys.feedback_receipt", "receipt"): "feedback receipt",
    ("surveys.receipt", "receipt"): "survey receipt",
    ("surveys.file", "name"): "answers.csv",
    ("surveys.quote", "key"): "text",
    ("surveys.withdraw_quote", "key"): "text",
    ("statistics.table", "name"): "protected",
    ("following.answer", "receipt"): "asked",
    ("following.outcome", "receipt"): "ended",
    ("looking.kept_back", "report_id"): "kept report",
    ("statistics.drawing", "name"): "states",
    ("editions.draft_drawing", "name"): "states",
    ("editions.internal_drawing", "name"): "states",
    **{("debates." + page, "meeting_id"): stage for stage, pages in MEETINGS.items() for page in pages},
    **{
        ("surveys." + page, "slug"): "coded survey"
        for page in (
            "open_text", "coding", "code_text", "settle_text", "phrases", "new_theme", "edit_theme", "merge_theme",
            "split_theme", "separate_theme", "quotes", "quote", "withdraw_quote", "coded_texts_csv", "take_coding",
            "finish_coding", "reopen_coding", "file", "files", "reopen", "compare",
        )
    },
}  # fmt: skip
"""What stands in each part of an address: the name of something in the world, or the very words."""

QUESTIONS = {
    "downloads.table": ("?edition=staff",), "downloads.workbook": ("?edition=staff",),
    "downloads.geopackage": ("?edition=staff",), "threats.collection": ("?edition=staff", "?district=1003"),
    "threats.index": ("?district=1003", "?edition=staff"), "debates.proposals": ("?district=1003", "?words=lampa"),
    "debates.outcomes_feed": ("?district=1003",), "threats.feed": ("?district=1003",),
    "police.locate_neighbourhood": ("?q=51.59,19.17",), "statistics.index": ("?voivodeship=10",),
    "surveys.code_text": ("?text={text}",), "threats.recategorise": ("?chosen={threat}",),
    "saved_views.new": ("?page=threats.index&arguments=status%3Dnew",),
    "summaries.pdf": ("?lang=en",), "audit.index": ("?act=add_category",),
    "searching.index": ("?q=kanarek",), "accounts.index": ("?q=kanarek&state=all",), "desk.due_today": ("?whose=unit",),
    "online_reports.place_answer": ("?lon=19.17&lat=51.59",),
    "online_reports.new": ("?district=1003",), "api.threats": ("?district=1003",), "paper.preview_svg": ("?scale=town&lon=19.17&lat=51.59",),
}  # fmt: skip
"""What may stand behind the question mark and lets more into the answer."""

OTHERS = {
    "surveys.file": [("name", one) for one in ("answers.xlsx", "answers.sav", "codebook.csv", "places.geojson")],
    "debates.announcement": [("meeting_id", "called off")],
    "debates.show": [("meeting_id", "approved"), ("meeting_id", "correcting")],
    "debates.full_pdf": [("meeting_id", "correcting")],
    "open311.service_requests": [("form", "xml")], "open311.service_request": [("form", "xml")],
    "threats.show": [("threat_id", one) for one in ("protected_threat", "confirmed_threat", "answered_threat")],
    "api.threat": [("threat_id", "confirmed_threat"), ("threat_id", "protected_threat")],
    "editions.draft_file": [("kind", "json")], "paper.sheet": [("number", 2)],
    "threats.edit_reason_template": [("template_id", "own template")],
}  # fmt: skip
"""Other examples beside the first one, where a page differs much by them."""


def addresses(app, names, method="GET"):
    """Give every address with its rule and how the address is called here, the first one of each rule first."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if method not in rule.methods:
            continue
        first = values_of(rule, names)
        built = rule.build(first)[1]
        yield rule, rule.rule, built
        if method != "GET":
            continue
        for question in QUESTIONS.get(rule.endpoint, ()):
            yield rule, rule.rule + question, built + question.format(**names)
        for name, other in OTHERS.get(rule.endpoint, ()):
            yield rule, f"{rule.rule} {other}", rule.build(first | {name: names.get(other, other)})[1]
