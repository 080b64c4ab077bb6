"""The application: the one module that knows every part."""

from collections.abc import Callable, Mapping
from typing import Any

from click import Command
from flask import Blueprint, Flask

from consult import db
from consult.accounts import denying, sign_in
from consult.accounts.commands import group as accounts_commands
from consult.accounts.jobs import JOBS as ACCOUNTS_JOBS
from consult.accounts.jobs import RETENTION as ACCOUNTS_RETENTION
from consult.accounts.queries import unit_areas
from consult.accounts.reviewing import bp as audit
from consult.accounts.views import bp as accounts
from consult.allocation.views import bp as allocation
from consult.api.neighbourhoods import bp as police
from consult.api.views import bp as api
from consult.attachments.jobs import JOBS as ATTACHMENTS_JOBS
from consult.audit import queries as trail
from consult.audit.commands import group as audit_commands
from consult.basemap import views as basemap
from consult.catalogue.commands import group as catalogue_commands
from consult.config import ROOT, Config
from consult.demo.commands import group as demo_commands
from consult.desk import navigation, saving_views
from consult.desk.announcing import bp as banners
from consult.desk.design import bp as design
from consult.desk.evaluating import bp as evaluations
from consult.desk.evaluating import evaluation_of
from consult.desk.moving import HOLDINGS as DESK_HOLDINGS
from consult.desk.searching import bp as searching
from consult.desk.tasks import bp as tasks
from consult.desk.units import bp as units
from consult.desk.views import bp as desk
from consult.districts.commands import group as districts_commands
from consult.districts.gazetteer_commands import group as places_commands
from consult.districts.jobs import JOBS as DISTRICTS_JOBS
from consult.districts.moving import Holding
from consult.districts.place_names import HOLDINGS as PLACE_NAMES_HOLDINGS
from consult.districts.reviewing import bp as boundaries
from consult.districts.views import bp as districts
from consult.help import views as help_pages
from consult.hot_spots.views import bp as hot_spots
from consult.jobs import queue
from consult.jobs.commands import worker
from consult.jobs.forgetting import RETENTION as JOBS_RETENTION
from consult.jobs.retention import Rule
from consult.jobs.schedule import Job
from consult.jobs.tasks import Kind
from consult.legal.views import bp as legal
from consult.mail import delivery
from consult.observations.moving import HOLDINGS as OBSERVATIONS_HOLDINGS
from consult.online_reports.commands import group as online_reports_commands
from consult.online_reports.entering import bp as entering
from consult.online_reports.following import bp as following
from consult.online_reports.handling import bp as handling
from consult.online_reports.jobs import ERASERS as ONLINE_REPORTS_ERASERS
from consult.online_reports.jobs import JOBS as ONLINE_REPORTS_JOBS
from consult.online_reports.jobs import RETENTION as ONLINE_REPORTS_RETENTION
from consult.online_reports.looking_views import bp as looking
from consult.online_reports.moving import HOLDINGS as ONLINE_REPORTS_HOLDINGS
from consult.online_reports.staff_views import bp as online_reports
from consult.open311.commands import group as open311_commands
from consult.open311.views import bp as open311
from consult.paper.jobs import ERASERS as PAPER_ERASERS
from consult.paper.jobs import RETENTION as PAPER_RETENTION
from consult.paper.views import bp as paper
from consult.partners.views import bp as partners
from consult.police_records.commands import group as police_records_commands
from consult.police_records.views import bp as police_records
from consult.releases.commands import group as releases_commands
from consult.releases.views import bp as releases
from consult.summaries.commands import group as summaries_commands
from consult.summaries.editions import bp as editions
from consult.summaries.jobs import ERASERS as SUMMARIES_ERASERS
from consult.summaries.jobs import JOBS as SUMMARIES_JOBS
from consult.summaries.reader_views import bp as readers
from consult.summaries.statistics import bp as statistics
from consult.summaries.views import bp as summaries
from consult.summaries.writing_all import KIND as WRITE_SUMMARIES
from consult.threats.commands import cli as threats_commands
from consult.threats.downloads import bp as downloads
from consult.threats.drawing_pairs import KIND as DRAW_PAIRS
from consult.threats.jobs import JOBS as THREATS_JOBS
from consult.threats.moving import HOLDINGS as THREATS_HOLDINGS
from consult.threats.views import bp as threats
from consult.upkeep import metrics, restoring
from consult.upkeep.archive import Manifest
from consult.upkeep.commands import doctor
from consult.upkeep.commands import group as backup_commands
from consult.upkeep.retention import JOBS as UPKEEP_JOBS
from consult.upkeep.retention import RETENTION as UPKEEP_RETENTION
from consult.upkeep.retention import erase_by_rule
from consult.upkeep.retention_commands import group as retention_commands
from consult.upkeep.system_page import bp as system
from consult.upkeep.views import bp as upkeep
from consult.web import (
    assets,
    errors,
    forms,
    keys,
    languages,
    limits,
    logs,
    packing,
    personal,
    proxies,
    room,
    security,
    sessions,
    transactions,
    uploads,
    widgets,
)
from debates.commands import group as debates_commands
from debates.jobs import ERASERS as DEBATES_ERASERS
from debates.jobs import JOBS as DEBATES_JOBS
from debates.moving import HOLDINGS as DEBATES_HOLDINGS
from debates.views import bp as debates
from surveys.commands import group as surveys_commands
from surveys.jobs import JOBS as SURVEYS_JOBS
from surveys.jobs import RETENTION as SURVEYS_RETENTION
from surveys.views import bp as surveys

BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts,
    allocation,
    api,
    audit,
    banners,
    basemap.bp,
    boundaries,
    debates,
    desk,
    districts,
    editions,
    entering,
    evaluations,
    downloads,
    following,
    handling,
    hot_spots,
    help_pages.bp,
    design,
    legal,
    looking,
    online_reports,
    open311,
    paper,
    partners,
    police,
    readers,
    releases,
    police_records,
    saving_views.bp,
    searching,
    statistics,
    summaries,
    surveys,
    tasks,
    threats,
    units,
    upkeep,
    system,
)
COMMANDS: tuple[Command, ...] = (
    accounts_commands,
    audit_commands,
    backup_commands,
    catalogue_commands,
    debates_commands,
    demo_commands,
    districts_commands,
    doctor,
    places_commands,
    online_reports_commands,
    open311_commands,
    releases_commands,
    retention_commands,
    police_records_commands,
    summaries_commands,
    surveys_commands,
    threats_commands,
    worker,
)
JOBS: tuple[Job, ...] = (
    *ACCOUNTS_JOBS,
    *ATTACHMENTS_JOBS,
    *DEBATES_JOBS,
    *DISTRICTS_JOBS,
    *ONLINE_REPORTS_JOBS,
    *SUMMARIES_JOBS,
    *SURVEYS_JOBS,
    *THREATS_JOBS,
    *UPKEEP_JOBS,
)
KINDS: tuple[Kind, ...] = (DRAW_PAIRS, WRITE_SUMMARIES)
"""What staff may ask to be done in the background."""

RETENTION: tuple[Rule, ...] = (
    *ACCOUNTS_RETENTION,
    *JOBS_RETENTION,
    *ONLINE_REPORTS_RETENTION,
    *PAPER_RETENTION,
    *SURVEYS_RETENTION,
    *UPKEEP_RETENTION,
)
"""How long data are kept."""

HOLDINGS: tuple[Holding, ...] = (
    *OBSERVATIONS_HOLDINGS,
    *THREATS_HOLDINGS,
    *ONLINE_REPORTS_HOLDINGS,
    *DEBATES_HOLDINGS,
    *PLACE_NAMES_HOLDINGS,
    *DESK_HOLDINGS,
)
"""What is kept by place. Threats come after the voices they consist of."""

MARKS: Mapping[str, Callable[[], Any]] = {"audit_trail": trail.mark}
"""Places that a backup keeps in mind: where each record stood that must not be taken back by restoring it."""

REPLAYS: tuple[Callable[[Manifest], str], ...] = (lambda _manifest: erase_by_rule(),)
"""What is repeated when a backup has been restored, each from the place that the backup's marks name."""


ERASERS: Mapping[str, Callable[[str], None]] = {
    **DEBATES_ERASERS,
    **ONLINE_REPORTS_ERASERS,
    **PAPER_ERASERS,
    **SUMMARIES_ERASERS,
}
"""What erases again, after a restore, what people had erased since the backup, by its kind (`Erasure`)."""


def create_app(config: Config | None = None) -> Flask:
    """Make the WSGI application from a configuration, by default the environment's."""
    config = config or Config.from_environment()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), instance_path=str(config.INSTANCE.resolve()))
    app.config.from_object(config)
    for part in (
        logs,
        metrics,
        proxies,
        packing,
        db,
        keys,
        sessions,
        uploads,
        transactions,
        security,
        languages,
        limits,
        forms,
        room,
        assets,
        widgets,
        personal,
        basemap,
        delivery,
        queue,
        sign_in,
        denying,
        navigation,
        saving_views,
        help_pages,
        errors,
    ):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    app.extensions["jobs"] = JOBS
    app.extensions["kinds"] = {kind.name: kind for kind in KINDS}
    app.extensions["holdings"] = HOLDINGS
    app.extensions["retention"] = RETENTION
    app.extensions["marks"] = MARKS
    app.extensions["replays"] = REPLAYS
    app.extensions["erasers"] = ERASERS
    app.extensions["why_closed"] = restoring.why_closed
    app.extensions["unit_areas"] = unit_areas
    app.extensions["evaluation_of"] = evaluation_of
    return app
