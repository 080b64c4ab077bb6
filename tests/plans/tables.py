"""Which tables stay small whatever residents and officers do; all others grow, one that is added tomorrow, too."""

CATALOGUE = "the catalogue and settings: as many rows as somebody thought of"
UNITS = "the police's units, their areas and duties: some hundreds in the country"
AREAS = "districts and communes by the boundaries of a day: some thousands"
OFFICIAL = "official figures, a file a year: some thousands of rows each"
REGISTER = "partners and whoever reads summaries, by area: some thousands"
SURVEYS = "questionnaires and what makes them up, not what is answered: some hundreds"
DESK = "what the coordinator wrote about the application: some hundreds"
DECISIONS = "what a head decides or draws now and then: some hundreds a year"
TASKS = "what was asked for in the background; forgotten when it ended long ago"
MACHINE = "what the machine notes of itself: a row a job and day, or one in all"
GAZETTEER = "names of places, loaded from the state's register and not written by work"

SMALL = {
    "allocation_sheet": DECISIONS,
    "area": AREAS,
    "audit_check": MACHINE,
    "banner": DESK,
    "boundary_set": AREAS,
    "category": CATALOGUE,
    "category_group": CATALOGUE,
    "category_name": CATALOGUE,
    "debates_threats_read": MACHINE,
    "feedback_answer_template": DESK,
    "feedback_change": DESK,
    "feedback_wish": DESK,
    "figure_file": OFFICIAL,
    "figure_release": MACHINE,
    "figure_revision": OFFICIAL,
    "fitted_rule": MACHINE,
    "job_run": MACHINE,
    "join_run": MACHINE,
    "joining_thresholds": CATALOGUE,
    "judged_sample": DECISIONS,
    "land_area": OFFICIAL,
    "partner": REGISTER,
    "partner_area": REGISTER,
    "partner_group": REGISTER,
    "place_name": GAZETTEER,
    "population": OFFICIAL,
    "reason_template": CATALOGUE,
    "recategorisation": DECISIONS,
    "recorded_measure": CATALOGUE,
    "report_news_read": MACHINE,
    "summary_reader": REGISTER,
    "survey": SURVEYS,
    "survey_coding": SURVEYS,
    "survey_method": SURVEYS,
    "survey_theme": SURVEYS,
    "survey_theme_edition": SURVEYS,
    "survey_version": SURVEYS,
    "survey_weighting": SURVEYS,
    "task": TASKS,
    "task_part": TASKS,
    "unit": UNITS,
    "unit_area": UNITS,
    "unit_duty": UNITS,
}
