"""The tasks that help explains, each in a few steps. What a step puts into quotation marks stands so on a page.

A page that belongs to a task leads to its help from the header. The picture of a task shows the page that it begins on;
`tests/browser/test_help.py` looks whether it still does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from consult.web.roles import Role

RESIDENTS = (None,)
FIELD = (Role.OFFICER, Role.HEAD)
READERS = (Role.OFFICER, Role.HEAD, Role.COORDINATOR)
PEOPLE = (Role.HEAD, Role.ADMINISTRATOR)
STAFF = tuple(Role)


@dataclass(frozen=True)
class Topic:
    """A task: whose it is (`None` are residents), what for, its steps, and the pages that belong to it.

    The first of the pages is where it begins: help leads there, and the picture shows it.
    """

    slug: str
    whose: tuple[Role | None, ...]
    title: Any
    about: Any
    steps: tuple[Any, ...]
    pages: tuple[str, ...]

    @property
    def start(self) -> str:
        """The endpoint of the page on which the task begins."""
        return self.pages[0]

    @property
    def is_for_residents(self) -> bool:
        """Whether the task is one of everybody."""
        return None in self.whose


TOPICS = (
    Topic(
        "report",
        RESIDENTS,
        _l("Report a threat"),
        _l("Something dangerous or troublesome in your neighbourhood. Without an account and without your name."),
        (
            _l("If somebody is in danger now, call 112. Reports are read within days, not minutes."),
            _l("Choose what it is about. The list is in groups; the first letters of a word lead there, too."),
            _l(
                "Say where it is. Type a town or a village and press “Search”, mark it on the map, or choose the "
                "commune and say the rest in your own words. One of these is enough."
            ),
            _l("Say when you saw it and, if you like, what you saw. Leave out names, telephone numbers and plates."),
            _l(
                "If somebody reported the same nearby, you see it before anything is sent. Press “I see it too” and "
                "your voice is added to theirs, or “No, mine is another: send it”."
            ),
            _l("Keep the number and the link that you get. Nobody can find the report without them, not even we."),
        ),
        ("online_reports.new", "online_reports.new_voice"),
    ),
    Topic(
        "follow",
        RESIDENTS,
        _l("See what became of your report"),
        _l("Every report that is put on the map gets an answer that you can read."),
        (
            _l("Open the link that you got when you sent the report."),
            _l("There you read what the police found and did, from the first step to the last."),
            _l(
                "If you want letters about it, leave an e-mail address there and confirm it by the link in the first "
                "letter. Each letter has a link that ends them."
            ),
            _l("If the police ask you something, you answer on the same page. Nobody else sees question or answer."),
            _l("When the case is closed, say within two weeks how it is. If it is not well, the head looks again."),
            _l("Within 15 minutes you can take the report back, and send a new one."),
        ),
        ("online_reports.receipt", "following.letters", "following.outcome", "following.answer"),
    ),
    Topic(
        "map",
        RESIDENTS,
        _l("Read the map and the list of threats"),
        _l("The list says all that the map shows, so you can do without the map."),
        (
            _l("A sign on the map is a threat; a dark circle with a number stands for several close to each other."),
            _l("Colour, shape and word say the same: whether the police have checked it, and what they found."),
            _l("Press “Move and zoom the map” to look closer. Until then the map is a drawing and costs few data."),
            _l("Choose a district, a kind, a state or a time and press “Show”. The address of the page keeps it."),
            _l("Open a threat in the list to read how many people speak of it and what the police did."),
            _l("A few kinds are told as numbers alone, so that nobody can be recognised by a place."),
        ),
        ("threats.index", "desk.home", "threats.show", "desk.district"),
    ),
    Topic(
        "survey",
        RESIDENTS,
        _l("Answer a survey"),
        _l("How safe you feel, what you expect of the police, how you like this service. Nobody asks for your name."),
        (
            _l("Choose a survey. Beside it stands how long it takes and how many questions there are at most."),
            _l("Whoever got a letter types the code that stands in it. The code says nothing of who you are."),
            _l("Only questions with a star have to be answered. You may go back; nothing that you answered is lost."),
            _l("If the connection is torn, send the page again: it is not counted twice."),
            _l("When the survey ends, all answers are mixed. From then on nobody can tell who gave which."),
            _l("Results are published when at least ten people have answered."),
        ),
        ("surveys.index", "surveys.answer"),
    ),
    Topic(
        "requests",
        RESIDENTS,
        _l("Come to a debate, and see what became of requests"),
        _l("At debates residents tell the police and the commune what should change. Each request gets an answer."),
        (
            _l("“The next debates” tells when and where. Everybody may come."),
            _l("You can say beforehand what should be talked about: open the debate and press “Send the suggestion”."),
            _l("“What was asked for and what was done” lists all requests with the answer, or since when it is due."),
            _l("Choose a district or a result and press “Show”. Every request has a link of its own to pass on."),
            _l("When the minutes are approved, they stand on the page of the debate."),
        ),
        ("debates.proposals", "debates.upcoming", "debates.announcement", "debates.minutes", "debates.suggest"),
    ),
    Topic(
        "today",
        STAFF,
        _l("What is due today"),
        _l("The first page after signing in: what waits for you, the most urgent first."),
        (
            _l("The numbers on top lead to what waits; a red edge says that something is late or new."),
            _l("Threats are listed by the day on which the next step is due. Working days count, holidays do not."),
            _l("With “Who works on it” you see only your own work, or what nobody has taken up."),
            _l("Below stand answers that offices owe, requests and promises of debates, and values to enter."),
            _l("The field on top finds threats and reports by number, receipt or words."),
        ),
        ("desk.due_today", "searching.index", "threats.waiting_times"),
    ),
    Topic(
        "sign-in",
        STAFF,
        _l("Sign in safely"),
        _l("A long password, and a code from your telephone."),
        (
            _l("The first link comes by e-mail and holds once. With it you choose your password."),
            _l("Take several words that have nothing to do with each other: twelve characters at least."),
            _l("Under “Second step of signing in” scan the picture with an app for codes and type the six digits."),
            _l("Print the recovery codes and keep them apart from the telephone. Each works once."),
            _l("Under “Where I am signed in” you see every device, and end what you do not know."),
            _l("Whoever was away for long signs in again and finds what was typed on the page."),
        ),
        ("accounts.own", "accounts.own_sessions", "accounts.set_up_second_step", "accounts.second_step"),
    ),
    Topic(
        "screening",
        FIELD,
        _l("Screen reports"),
        _l("A first look at what residents sent, so that no words harm anybody."),
        (
            _l("Start with the oldest. Marked words look like a name, a number or an address."),
            _l("Press one of five buttons, or its digit on the keyboard. The next report follows by itself."),
            _l("“Fit” changes nothing. Hidden words need a second person to look before they stay hidden."),
            _l("Near a border the report can be passed on to the neighbours."),
            _l("Photos are looked at one by one. Withhold those that show a face, a plate or a name."),
            _l("What you decided last can be taken back on the same page; everything under “What was decided”."),
        ),
        ("online_reports.screening", "online_reports.decided", "looking.files", "online_reports.pass_on"),
    ),
    Topic(
        "answer",
        READERS,
        _l("Check a threat and answer"),
        _l("From the first voice to an answer that residents can read."),
        (
            _l("Open a threat from “Today” or from the list. You see all voices that belong to it, and why."),
            _l("Say who works on it. Colleagues see it; residents do not."),
            _l("Enter each look at the place with “Enter a check”: day, time and what was found."),
            _l("With “Change the status” write what was found and done. Residents read these words."),
            _l("What another office has to do is handed over: the letter is printed, its answer entered here."),
            _l("A threat may be called not confirmed only after three looks on two days or more."),
        ),
        ("threats.index", "threats.status", "threats.new_check", "threats.hand_over", "handling.report"),
    ),
    Topic(
        "joining",
        READERS,
        _l("Decide whether voices speak of the same threat"),
        _l("The service joins what is clear, and asks you where it is not."),
        (
            _l("“Suggestions” lists voices that may speak of a known threat, with the reasons."),
            _l("Compare the words, the places on the map and the times."),
            _l("Press “The same threat” or “Keep apart”. What you decide the machine never undoes."),
            _l("On the page of a threat a voice can be taken out again, or moved to another threat."),
        ),
        ("threats.suggestions", "threats.judging", "threats.judge"),
    ),
    Topic(
        "minutes",
        READERS,
        _l("Write down a debate, also without a connection"),
        _l("In the hall one line for each statement is enough; everything else can be done afterwards."),
        (
            _l("Press “Enter a debate or meeting”, fill in the kind, the title and the day, and save."),
            _l("Open the page of statements once while you have a connection. From then on it opens without one."),
            _l("Write a statement and press Enter. It is saved at once; without a connection it waits on the device."),
            _l("Signs in the line save the mouse: they stand below the field on that page."),
            _l("When there is a connection again, all that waits is sent by itself, once each."),
            _l("Afterwards complete places and categories, add requests, and send the minutes for correction."),
        ),
        ("debates.index", "debates.new", "debates.statements", "debates.show", "debates.paste"),
    ),
    Topic(
        "paper",
        READERS,
        _l("Sheets with a map"),
        _l("For people without a telephone: they mark places on paper, and you type the fields in."),
        (
            _l("Press “New sheets”, choose the middle of the map, how much it shows, and up to ten threats."),
            _l("Print them at actual size. Each sheet has a number; do not copy a printed one."),
            _l("After the meeting press “Type in sheets” and type the field and the number of the threat."),
            _l("A part is typed in a second time by somebody else; where both differ, the sheet decides."),
            _l("Scans of the sheets can be added, and are erased when they are needed no more."),
        ),
        ("paper.index", "paper.new", "paper.show", "paper.sheet"),
    ),
    Topic(
        "promises",
        READERS,
        _l("Requests, answers and promises"),
        _l("What residents asked for at debates is followed until there is a result."),
        (
            _l("Under a debate press “Add a request”, or make requests of statements."),
            _l("Say of whom it is asked and by when. Before that day “Today” reminds of it."),
            _l("Enter the answer and what shows that it was done: a link, a photo, a document."),
            _l("A promise has a person in office, and a day; when it is kept, close it with a sentence."),
            _l("What is published stands under “What was asked for and what was done” for everybody."),
        ),
        ("debates.open_proposals", "debates.proposal", "debates.answer_proposal", "debates.requests"),
    ),
    Topic(
        "make-survey",
        (Role.COORDINATOR,),
        _l("Make and publish a survey"),
        _l("From a ready questionnaire, or from one of your own in a file."),
        (
            _l("Press “New survey” and choose a questionnaire, who may answer, and when it ends."),
            _l("Look at it in every language and try it out. Answers in the preview are not kept."),
            _l("Press “Look over and publish”. What stands there is what people will see."),
            _l("Poster, slips with a QR code and paper questionnaires are printed on the page of the survey."),
            _l("Results stand there from the tenth answer on, with intervals where people were drawn by lot."),
            _l("“Publish results” shows first exactly what everybody would read."),
        ),
        ("surveys.index", "surveys.new", "surveys.show", "surveys.results", "surveys.invitations"),
    ),
    Topic(
        "summary",
        READERS,
        _l("Write and release a summary"),
        _l("A PDF of a district for the commander, the mayor and the safety commission."),
        (
            _l("Choose the district, the period and the edition, and press “Write a summary”."),
            _l("The internal edition shows all places and is for the police alone."),
            _l("What is for everybody is a draft first. Read it and press “I have looked at it”."),
            _l("The head presses “Release this summary”. Then readers get a letter, and it can be downloaded."),
            _l("A mistake is put right by a new version that says what changed; the old one stays to be found."),
        ),
        ("summaries.index", "editions.drafts", "editions.draft", "editions.release"),
    ),
    Topic(
        "feedback",
        (Role.COORDINATOR,),
        _l("Opinions about the service"),
        _l("What people think of each page, and what was changed because of it."),
        (
            _l("“Feedback” lists what came by the link below every page and from surveys, the newest first."),
            _l("Put what asks for the same under one wish. Wishes show how many people want them."),
            _l("Answer an opinion: whoever wrote it reads the answer by the link that they kept."),
            _l("When something was changed, write it down: everybody reads it under “We changed this”."),
        ),
        ("surveys.feedback", "surveys.wishes", "surveys.change_log", "surveys.satisfaction"),
    ),
    Topic(
        "accounts",
        PEOPLE,
        _l("Accounts and units"),
        _l("Who may do what, and for how long."),
        (
            _l("“Open an account” sends a link to the official address. You never learn the password."),
            _l("The role says what somebody may do, the unit says where."),
            _l("When somebody leaves, end the account and say who goes on with the work."),
            _l("An account that nobody uses is closed by itself, after a letter."),
            _l("“Audit trail” tells who did what. Nobody can change it, and it is checked every night."),
        ),
        ("accounts.index", "accounts.new", "accounts.end", "units.index", "audit.index"),
    ),
)
"""First what residents do, then the work of the police in the order of a day."""


def by_slug(slug: str) -> Topic | None:
    """Find a task by the name in its address."""
    return next((topic for topic in TOPICS if topic.slug == slug), None)


def seen_by(role: Role | None) -> Iterable[Topic]:
    """Give the tasks of a role; residents' tasks are everybody's."""
    return [topic for topic in TOPICS if topic.is_for_residents or role in topic.whose]


def of_page(endpoint: str | None, role: Role | None) -> Topic | None:
    """Find the task that a page belongs to: of the police, one of their own before one of residents."""
    found = [topic for topic in seen_by(role) if endpoint in topic.pages]
    return next((one for one in found if role in one.whose), found[0] if found else None)
