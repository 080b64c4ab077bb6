"""Documents lead where they say: every link and picture between files of the repository is there, headings too."""

import re

from consult.config import ROOT

DOCUMENTS = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"(?:\]\(|src=\")([^)\s\"]+)[)\"]")


def headings(path):
    """The anchors of a document's headings, as code hosts make them."""
    told = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in told}


def broken(path):
    """The links of a document that lead nowhere. What has a scheme (https:) leads out of the repository."""
    found = []
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if re.match(r"[a-z]+:", link):
            continue
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in headings(target)):
            found.append(link)
    return found


def test_every_link_and_picture_of_a_document_is_there():
    assert {path.name: broken(path) for path in DOCUMENTS if broken(path)} == {}


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# One heading\n[a](page.md#one-heading) [b](#two) [c](gone.md) ![d](gone.png) [e](https://x.example)\n"
    )
    assert broken(page) == ["#two", "gone.md", "gone.png"]


def test_the_readme_leads_to_every_document():
    """A page of docs/ that nothing leads to is read by nobody."""
    listed = {ROOT / link.partition("#")[0] for link in LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))}
    assert [page.name for page in sorted((ROOT / "docs").glob("*.md")) if page not in listed] == []
