"""The field matrix: of every column that holds text, who may read what stands in it. Kept as data, compared with the models.

What a reader may see depends on the role and on where the reader's unit stands to the unit whose row it is.
"""

from enum import StrEnum

import sqlalchemy as sa

from consult.db import Model
from consult.web.roles import Role


class Kept(StrEnum):
    """Whose eyes a column is for."""

    OPEN = "open"  # names of things that everybody reads, in the unit's own words or the catalogue's
    CODE = "code"  # keys, codes and digests by which rows find each other: no words of anybody
    SECRET = "secret"  # hashes, tokens and keys of sessions: nobody reads them anywhere
    PUBLISHED = "published"  # everybody once it is published, before that the police of the scope
    HELD = "held"  # everybody: that a meeting was held is no secret, whatever was said there
    UNIT = "unit"  # officers, heads and coordinators whose scope holds the row's unit
    BELOW = "below"  # as UNIT, and the units below, which a survey of theirs concerns
    WRITERS = "writers"  # officers and heads whose scope holds the row's unit
    PEOPLE = "people"  # who works where: the police of the scope
    ANNOUNCED = "announced"  # everybody once it is published, before that coordinators
    COORDINATION = "coordination"  # coordinators
    DERIVED = "derived"  # copies of other columns, whose markers it brings along


READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
WRITERS = (Role.OFFICER, Role.HEAD)


EVERYWHERE = "*"
"""The path of what belongs to no unit: the police of all of them read it."""


def may_read(kept, role, scope, path, *, is_published):
    """Tell whether a role within a scope may find the words of a row of the unit of a path in an answer."""
    is_above, is_below = path == EVERYWHERE or path.startswith(scope or "-"), bool(scope) and scope.startswith(path)
    match kept:
        case Kept.OPEN | Kept.HELD:
            return True
        case Kept.PUBLISHED | Kept.ANNOUNCED if is_published:
            return True
        case Kept.PUBLISHED | Kept.UNIT:
            return role in READERS and is_above
        case Kept.BELOW:
            return role in READERS and (is_above or is_below)
        case Kept.WRITERS:
            return role in WRITERS and is_above
        case Kept.PEOPLE:
            return role is not None and is_above
        case Kept.COORDINATION | Kept.ANNOUNCED:
            return role is Role.COORDINATOR
    return False


COLUMNS = """
account            email: people; function: people; password_hash session_key: secret
allocation_sheet   key area_code: code
allocation_version section: code; content: unit
api_key            name: people; key_hash: secret; jurisdiction: code
area               code parent_code: code; name: open
attachment         name source source_key digest: code
audit_check        entry_hash: code
audit_entry        act object_kind object_id unit_path prev hash: code; detail: people
banner             key area_code: code; text_pl text_en text_uk: published
boundary_set       source: open; digest: code
category           code group_code: code; aliases: open
category_group     code letter: code; name_pl name_en name_uk: open
category_name      category_code: code; pl en uk: open
commitment         key body_digest: code; who what outcome: published
commitment_change  key body_digest: code; outcome: published
correction_link    key body_digest: code; function: unit; token_hash: secret
debates_threats_read reader: code
erasure            kind key: code
feedback           receipt_hash voice_key: secret; page about app_version language: code; words answer note: coordination
feedback_answer_template title text: coordination
feedback_change    title text: announced; app_version: code
feedback_wish      title: coordination
figure_file        name source: open; digest: code
figure_release     subject digest trail_digest: code; titles figures bases: open
figure_revision    area_code period before_flag after_flag: code; what: open
file_screening     file_name: code
fitted_rule        digest weights accuracies calibration kept: code
hand_over          key: code; addressee: published; address asked quoted letter_number: unit; facts map_svg: derived
job_run            name: code; result: people
join_run           weights_digest district_code: code
joining_thresholds key: code; reason: coordination
judged_sample      key scope areas strata rule_digest: code
land_area          area_code period flag: code
link               reasons: code; end_reason: unit
meeting            key body_digest archival_category jrwa_symbol: code; title venue: held
meeting            series organisers officials themes: published
meeting            announced source_url case_sign opened_again_because: published
meeting_district   district_code: code
meeting_file       key body_digest name: code; description withdrawn_because: unit
meeting_plan       invited access_note directions agenda called_off_because: published
minutes_edition    approved_by because: published; full public: derived; full_digest public_digest: code
minutes_suggestion key body_digest: code; text reason: unit
observation        source source_key category_code group_code district_code commune_code neighbour_code: code
observation        boundary_digest: code; voice_key: secret; text: unit
one_time_link      token_hash: secret
online_report      natural_key body_digest category_code language passed_to: code; receipt_hash voice_key: secret
online_report      description: unit
paper_entry        key body_digest: code
paper_form         key body_digest: code; title place_name: unit; categories: code
paper_mark         cell category_code: code; words: unit
paper_sheet        withdrawn_because: unit
partner            key: code; name email address: unit
partner_answer     key: code; passed_to internal_words: unit; public_words: published
partner_area       area_code: code
partner_group      group_code: code
place_name         source source_key folded stem sort district_code commune_code position_key: code
place_name         name part_of district_name commune_name: open
population         area_code period age flag: code
proposal           key body_digest: code; text addressee_name answer: published
proposal_change    key body_digest: code; answer answered_by passed_to legal_basis: published; evidence evidence_url: unit
pyramid_cell       category_code area_code: code
reason_template    title text: unit
recategorisation   key unit_path category_code: code; reason: unit
recategorised      category_before chosen_before group_before: code
recovery_code      code_hash: secret
saved_view         page arguments: code; name: people
second_step        seed: secret
recorded_figure    area_code period measure_code flag: code; place: open
recorded_measure   code of_code: code; name: open
report_news_read   reader: code
report_outcome     words review: writers
report_question    text answer: unit
report_subscription report_key confirmation_hash: secret; address: secret; language: code
ruling             reason: unit
screening          passed_to: code
statement          key body_digest category_code: code; text answer: published; withdrawn_because withheld_because: unit
status_change      reason: published
suggestion         reasons: code
summary_letter     stop_hash: secret
summary_reader     key district_code languages: code; function email: writers; stopped_hash: secret
summary_version    district_code period language stem digest figures made_of pdf_digest trail_digest: code
summary_version    because released_by: published
survey             slug area_codes meeting_code: code
survey_coding      question: code
survey_counter     question district_code value: code
survey_draft       code_hmac: secret; state: secret
survey_invitation  code_hmac: secret; area_code: code
survey_letters     key: code
survey_loose_end   id: code; content: derived
survey_method      sponsor population recruitment processing limitations population_source: open; strata clusters: code
survey_method      stratum_sizes: code
survey_open_text   id: code; words: unit
survey_receipt     receipt_hmac body_hmac: secret
survey_submission  id language district_code: code; answers: unit
survey_text_code   text_id codes hidden: code
survey_theme       name belongs belongs_not example: unit
survey_theme_edition themes: unit
survey_theme_quote text_id: code; words: published
survey_version     sheets digest changes: code
survey_weighting   spec diagnostics: code; digest: code
task               kind details unit_path: code
task_part          name told: code; label: open
threat             category_code chosen_category_code group_code district_code commune_code: code
threat_check       key: code; note: unit
threat_note        key: code; text: unit
unit               code path: code; name: open
unit_area          area_code: code
unit_duty          group_code: code
"""


def _read(text):
    found = {}
    for line in text.strip().splitlines():
        table, _, rest = line.partition(" ")
        for part in rest.split(";"):
            names, _, kept = part.partition(":")
            for name in names.split():
                assert (table, name) not in found, (table, name)
                found[table, name] = Kept(kept.strip())
    return found


CLASSES = _read(COLUMNS)
UNMARKED = {Kept.OPEN, Kept.CODE, Kept.SECRET}
MATRIX = {column: kept for column, kept in CLASSES.items() if kept not in UNMARKED}
"""The columns that get markers."""

SECRET_TEXTS = {column for column, kept in CLASSES.items() if kept is Kept.SECRET}
"""The columns whose own values are looked for."""


def texts():
    """Every column of the models that can hold words."""
    return {
        (table.name, column.name)
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.String | sa.JSON) and not isinstance(column.type, sa.Enum)
    }


ON_PURPOSE = {
    # Whoever holds the secret of the address reads what it is about.
    "accounts.set_password": {("account", "email")},
    "debates.read_minutes": {
        ("correction_link", "function"), ("minutes_suggestion", "reason"), ("minutes_suggestion", "text"),
        ("statement", "answer"), ("statement", "text"),
    },
    "debates.suggest": {("statement", "text")},
    "online_reports.receipt": {
        ("online_report", "description"), ("report_question", "answer"), ("report_question", "text"),
    },
    "following.answer": {("report_question", "text")},
    "surveys.feedback_receipt": {("feedback", "answer"), ("feedback", "words")},
    # Minutes name the police by function, as officials: whoever wrote them and whoever approved them.
    "debates.minutes_pdf": {("account", "function")},
    "debates.minutes": {("account", "function")},
    # A threat may be given to anybody who answers for its place, at a unit above no less.
    "threats.assign": {("account", "email"), ("account", "function")},
}  # fmt: skip
"""What single pages show beyond the matrix, and why."""
