"""Three audiences of one run: each has its topics, its figures, and no way to the others."""

from __future__ import annotations

import json
import re
from posixpath import dirname, join, normpath

import pikepdf
import pytest

from kpilib.delivery.audiences import publish_audiences, unpublished
from kpilib.delivery.message import Edition
from kpilib.delivery.pdf import write_pdfs
from kpilib.errors import CompanyError
from kpilib.settings import Delivery, Settings
from kpilib.yaml_file import read_yaml
from tests.delivery.published import publish

WHO = {"participants": ["emailing"], "managers": ["leads"], "management": ["emailing", "leads"]}
BAR = (
    '<nav class="topics"><ul><li><a href="emailing.html">E-mailing</a></li>'
    '<li><a href="leads.html" aria-current="page">Leads</a></li>'
    '<li><a href="glossary.html">Glossary</a></li></ul></nav>'
    '<p>See <a href="leads.html#x">the leads</a> and <a href="../ledger.csv">all</a>.</p></html>'
)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "acme"
    for month in ("2026-09", "2026-10"):
        folder = publish(root / month, failed=True)
        for page in folder.rglob("*.html"):
            page.write_text(page.read_text("utf-8").replace("</html>", BAR), encoding="utf-8")
        (folder / "glossary.html").write_text("<html>meanings</html>")
        (folder / "figures.csv").write_text("kpi,value,topic\na,1,emailing\nb,2,leads\n")
    (root / "ledger.csv").write_text("all")
    return root


def texts(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def test_each_has_its_topics_and_nothing_of_the_others(root):
    folders = publish_audiences(root, WHO)
    assert [folder.name for folder in folders] == [*WHO]
    seen = texts(root / "for" / "participants")
    assert {"index.html", "2026-10/index.html", "2026-10/emailing.html", "2026-10/fr/emailing.html",
            "2026-10/figures.csv", "2026-10/glossary.html"} <= set(seen)  # fmt: skip
    assert not [path for path in seen if "leads" in path or "run.json" in path]
    assert not [path for path, text in seen.items() if "Leads cost more" in text]
    assert not [path for path, text in seen.items() if "social" in text.casefold()]
    assert seen["2026-10/figures.csv"] == "kpi,value,topic\na,1,emailing\n"
    page = seen["2026-10/emailing.html"]
    assert ">Leads</a>" not in page
    assert "See the leads and all." in page
    assert 'href="emailing.html"' in page and 'href="glossary.html"' in page


@pytest.mark.parametrize("name", [*WHO])
def test_every_link_leads_to_a_page_of_the_same_audience(root, name):
    publish_audiences(root, WHO)
    seen = texts(root / "for" / name)
    for here, text in seen.items():
        for href in re.findall(r'href="([^"#]+)', text):
            assert normpath(join(dirname(here), href)) in seen, (here, href)


def test_each_has_the_pdfs_of_its_topics_and_a_whole_of_these_alone(root):
    """A topic is printed once for all; a whole of some topics anew, and only when they change."""
    write_pdfs(root / "2026-10")
    publish_audiences(root, WHO)
    for name, topics in WHO.items():
        folder = root / "for" / name / "2026-10"
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf"))
        own = [*topics, "month"]
        assert names == sorted(f"{at}{each}.pdf" for at in ("", "fr/") for each in own)
        assert 'href="month.pdf"' in (folder / "index.html").read_text("utf-8")
        with pikepdf.open(folder / "month.pdf") as pdf, pdf.open_outline() as outline:
            said = [each.title for each in outline.root]
            assert [each for each in said if each in ("E-mailing", "Leads")] == [
                {"emailing": "E-mailing", "leads": "Leads"}[topic] for topic in topics
            ]
            links = [a for page in pdf.pages for a in page.get("/Annots", []) if "/A" in a]
            assert not [a for a in links if "/URI" in a.A]  # none leads out of it
    whole = (root / "2026-10" / "month.pdf").read_bytes()
    again = root / "for" / "managers" / "2026-10" / "month.pdf"
    before = again.read_bytes()
    publish_audiences(root, WHO)
    assert again.read_bytes() == before != whole
    recipient = {"email": "a@b.example", "lang": "en", "audience": "managers"}
    given = Delivery.model_validate({"audiences": WHO, "recipients": [recipient]})
    [sent] = Edition(root / "2026-10", given).message(given.recipients[0]).iter_attachments()
    assert sent.get_content() == before


def test_a_topic_without_any_page_is_named(root):
    """A misspelt one had an audience see nothing, and be sent it."""
    found = unpublished(root, {"managers": ["leads", "emailin"]})
    assert [*found] == [("managers", "emailin", " Did you mean 'emailing'?")]
    who = {"audiences": {"managers": ["emailin"], "team": ["leads"]}, "recipients": [
        {"email": "a@b.example", "audience": "managers"}, {"email": "c@b.example"},
        {"email": "d@b.example", "audience": "team"},
    ]}  # fmt: skip
    edition = Edition(root / "2026-10", Delivery.model_validate(who))
    assert [edition.shows(each) for each in edition.delivery.recipients] == [False, True, True]


def test_what_an_audience_may_no_longer_see_goes(root):
    publish_audiences(root, WHO)
    publish_audiences(root, {"management": ["leads"]})
    assert [path.name for path in (root / "for").iterdir()] == ["management"]
    assert not [path for path in texts(root / "for" / "management") if "emailing" in path]


def test_the_message_of_an_audience_tells_its_topics_alone(root):
    given = {
        "url": "https://k.example",
        "audiences": WHO,
        "recipients": [{"email": "a@b.example", "lang": "en", "audience": "managers"}],
    }
    edition = Edition(root / "2026-10", Delivery.model_validate(given))
    (root / "2026-10" / "month.pdf").write_text("all topics")
    message = edition.message(edition.delivery.recipients[0])
    assert message["Subject"] == "Leads cost more"
    text = message.get_body(("plain",)).get_content()
    assert "E-mailing" not in text
    assert "https://k.example/acme/for/managers/2026-10/index.html" in text
    assert not list(message.iter_attachments())


def test_a_recipient_of_an_audience_that_is_none_is_a_fault(tmp_path):
    path = tmp_path / "company.yaml"
    path.write_text(json.dumps({"delivery": {
        "audiences": {"managers": ["leads"]},
        "recipients": [{"email": "a@b.example", "audience": "manager"}],
    }}))  # fmt: skip
    with pytest.raises(CompanyError, match="Did you mean 'managers'"):
        read_yaml(path, Settings)
