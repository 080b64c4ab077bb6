"""The texts people read, in every language: collected from code and templates, kept in one catalogue a language.

The code speaks English; Polish must be complete, English needs no translation, Ukrainian covers what residents see.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = {"pl": "Polish", "en": "English", "uk": "Ukrainian"}
COMPLETE = {"pl"}
LAZY = {"lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
SOURCES = {"consult", "surveys", "debates", "templates"}
PLACE = re.compile(r"%\(\w+\)")
WORD = re.compile(r"[a-zà-ż]{2}", re.IGNORECASE)
CYRILLIC = re.compile(r"[а-яґєії]", re.IGNORECASE)
SHOWN = 20


def is_source(folder: str) -> bool:
    """Only the product's own code and templates are read, not the environment or the packages of the pages."""
    parts = Path(folder).absolute().relative_to(ROOT).parts
    return parts[0] in SOURCES and "__pycache__" not in parts and parts[:2] != ("consult", "static")


def collected() -> Catalog:
    """Every text that stands in the code and the templates now."""
    with (ROOT / "script" / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    template = Catalog(project="consult", charset="utf-8")
    found = extract_from_dir(ROOT, methods, options, keywords=DEFAULT_KEYWORDS | LAZY, directory_filter=is_source)
    for file, _line, text, comments, context in found:
        template.add(text, None, [(file, 0)], auto_comments=comments, context=context)
    return template


def path_of(language: str) -> Path:
    """The file of one language's catalogue."""
    return ROOT / "consult" / "translations" / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue as it stands; a new one when there is none."""
    path = path_of(language)
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language)
    catalogue = Catalog(
        locale=language,
        project="consult",
        version="1",
        header_comment=f"# {LANGUAGES[language]} texts of the product.",
        revision_date=datetime.now(UTC),
        language_team=LANGUAGES[language],
        charset="utf-8",
        fuzzy=False,
    )
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    return catalogue


def write(language: str, catalogue: Catalog) -> bool:
    """Write the catalogue, sorted and without line numbers, so that a change shows only what changed."""
    text = BytesIO()
    write_po(text, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    path = path_of(language)
    if path.exists() and path.read_bytes() == text.getvalue():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue())
    return True


def name(message: Message) -> str:
    """The English text by which a message is known, in quotation marks."""
    return repr(message.id if isinstance(message.id, str) else message.id[0])


def texts(catalogue: Catalog) -> dict[tuple[str, str | None], Message]:
    """The messages by English text and context, the header left out."""
    return {(name(message), message.context): message for message in catalogue if message.id}


def forms(text: object) -> list[str]:
    """One text, or the forms of a plural, as a list without gaps."""
    return [str(form) for form in (text if isinstance(text, (tuple, list)) else (text,)) if form]


def strange_places(message: Message) -> set[str]:
    """Places for values that stand in a translation and not in the English text: such a page would break."""
    return set(PLACE.findall(" ".join(forms(message.string)))) - set(PLACE.findall(" ".join(forms(message.id))))


def is_translated(message: Message) -> bool:
    """All forms have a text: one, or as many as the language has plurals."""
    wanted = len(message.string) if isinstance(message.string, (tuple, list)) else 1
    return len(forms(message.string)) == wanted


def is_of(language: str, message: Message) -> bool:
    """Tell whether a translation is in its own language: English repeats the code's words, Ukrainian has its letters.

    A gap that was filled with another language's words looks translated and is not.
    """
    text = " ".join(forms(message.string))
    if not text or forms(message.string) == forms(message.id):
        return True
    return language == "pl" or (
        language == "uk" and bool(CYRILLIC.search(text) or not WORD.search(PLACE.sub("", text)))
    )


def faults(language: str, template: Catalog) -> Iterator[str]:
    """What keeps the catalogue of a language from being fresh, complete and safe to use."""
    catalogue = read(language)
    known, wanted = texts(catalogue), texts(template)
    yield from (f"{text} is not in the catalogue" for text, _context in wanted.keys() - known.keys())
    yield from (
        f"{text} is in the catalogue but nowhere in the product" for text, _context in known.keys() - wanted.keys()
    )
    for key, message in known.items():
        if message.fuzzy:
            yield f"{key[0]} is marked as fuzzy"
        elif not is_of(language, message):
            yield f"{key[0]} is not in {LANGUAGES[language]}: {message.string!r}"
        elif language in COMPLETE and not is_translated(message):
            yield f"{key[0]} is not translated"
        elif strange := strange_places(message):
            yield f"{key[0]} has no {', '.join(sorted(strange))}, its translation has"
    for message, errors in catalogue.check():
        if forms(message.string):
            yield f"{name(message)}: {'; '.join(map(str, errors))}"


def update() -> int:
    """Bring every catalogue up to date with the code, and say what is left to translate."""
    template = collected()
    for language, spoken in LANGUAGES.items():
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        changed = write(language, catalogue)
        missing = sum(not is_translated(message) for message in texts(catalogue).values())
        left = "" if language == "en" else f", {missing} without a translation"
        print(f"{spoken}: {len(template)} texts{left}{'' if changed else ', nothing changed'}")
    return 0


def check() -> int:
    """Name every fault; the catalogues are not touched."""
    template = collected()
    found = {language: sorted(faults(language, template)) for language in LANGUAGES}
    for language, lines in found.items():
        for line in lines[:SHOWN]:
            print(f"{LANGUAGES[language]}: {line}", file=sys.stderr)
        if len(lines) > SHOWN:
            print(f"{LANGUAGES[language]}: … and {len(lines) - SHOWN} more", file=sys.stderr)
    if any(found.values()):
        print("Run script/translations, then fill what is missing in consult/translations.", file=sys.stderr)
        return 1
    print(f"{len(template)} texts; the catalogues are fresh and Polish is complete")
    return 0


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["--check"] else update())
