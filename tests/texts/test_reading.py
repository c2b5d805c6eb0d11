"""Texts without a sentiment or themes are read when a figure asks for them, and flagged."""

from __future__ import annotations

import pandas as pd

import kpilib as kl
from kpilib.texts.subjects import dictionary, themes_of
from tests.worked import one

DAY = "2025-05-03T10:00:00Z"
MAY = {"as_of": "2025-05-31", "timezone": "Europe/Paris"}
BODIES = ["Formation excellente", "Service lent", "Trop cher !", "Not bad at all", None, "Mardi"]


def texts(**more):
    return pd.DataFrame({
        "text_id": [f"t{number}" for number in range(len(BODIES))],
        "ts": DAY, "source": "google_review", "body": BODIES,
    } | more)  # fmt: skip


def test_a_sentiment_is_read_where_none_is_noted():
    row = one({"texts": texts()}, "net_sentiment", "2025-05", **MAY)

    assert row["details"]["favourable"] == 2
    assert row["details"]["unfavourable"] == 2
    assert row["details"]["neutral"] == 1
    assert row["details"]["excluded_texts"] == 1  # nothing was written
    assert "approximate" in row["flags"]


def test_a_sentiment_that_is_noted_stands_even_where_it_is_missing():
    noted = texts(sentiment=["negative", "negative", None, None, None, None])
    row = one({"texts": noted}, "net_sentiment", "2025-05", **MAY)

    assert row["value"] == -100
    assert row["details"]["excluded_texts"] == 4
    assert "approximate" not in row["flags"]


def test_themes_are_read_where_none_is_noted():
    found = kl.open({"texts": texts()}, **MAY).evaluate("complaint_themes", "2025-05")

    assert dict(zip(found["theme"], found["value"], strict=True)) == {"lenteur": 1, "prix": 1}


def test_o73_themes():
    said = {
        "Le service client est lent et l'accueil déplorable.": ["lenteur", "service client"],
        "Trop cher pour ce que c'est.": ["prix"],
        "Bravo, encore deux heures d'attente…": ["lenteur"],
    }

    assert {body: themes_of(body, dictionary()) for body in said} == said


def test_a_company_has_its_own_words_and_themes(tmp_path):
    (tmp_path / "tables").mkdir()
    texts().to_csv(tmp_path / "tables/texts.csv", index=False)
    (tmp_path / "words.yaml").write_text("fr:\n  3: mardi\n", encoding="utf-8")
    (tmp_path / "themes.yaml").write_text(
        "themes:\n  jours: mardi, jeudi\n  prix: ''\n", encoding="utf-8"
    )
    mine = kl.open(tmp_path, **MAY)
    found = mine.evaluate("complaint_themes", "2025-05")

    assert one(tmp_path, "net_sentiment", "2025-05", **MAY)["details"]["favourable"] == 3
    assert set(found["theme"]) == {"jours", "lenteur"}


def test_words_that_change_are_read_again(tmp_path):
    (tmp_path / "tables").mkdir()
    texts().to_csv(tmp_path / "tables/texts.csv", index=False)
    before = one(tmp_path, "net_sentiment", "2025-05", **MAY)
    (tmp_path / "words.yaml").write_text("en:\n  0: not bad\n", encoding="utf-8")
    after = one(tmp_path, "net_sentiment", "2025-05", **MAY)

    assert before["details"]["favourable"] == after["details"]["favourable"] + 1
