"""Mentions: what is one, who mentions whom, whom many read; nobody who is not public is named."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from kpilib.errors import ParameterError
from kpilib.methods.mentions import OTHERS, hashtags_in, influencers, mentions, mentions_in
from tests.worked import rows

AUTHORS = rows(
    "author_key name reach is_public",
    ("a", "Radio Formation", 12_000, True),
    ("b", "Jeanne Ladoux", 300, False),
    ("c", "Le Blog RH", 800, True),
    ("d", None, 5_000, True),  # without a name there is nothing to name
    ("e", "Sans Portée", None, True),
)
TEXTS = rows(
    "author_key source body engagements",
    ("a", "mention", "Bravo @Acme, et @acme encore", 30),
    ("a", "comment", "Merci @acme !", 10),
    ("b", "mention", "Déçue par @ACME", 900),
    ("c", "community_post", "Avec @acme et @autre", 500),
    ("c", "private_message", "@acme en privé", 7),  # says nothing in public
    ("d", "mention", "Vu chez @acme", 4),
    ("e", "mention", "@acme oui", 5),
    ("z", "mention", "@acme, qui suis-je ?", 1),  # of whom nothing is known
    (None, "mention", "@acme", 2),
    ("a", "mention", "Écrire à info@acme.fr", 99),  # an address
)


class TestMentionsIn:
    def test_m27(self):
        """The oracle: two uses of one hashtag, one mention."""
        body = "#Formation #formation @Acme"

        assert hashtags_in(body) == ["#formation", "#formation"]
        assert mentions_in(body) == ["@acme"]

    @pytest.mark.parametrize(("body", "found"), [
        ("Merci @Acme.", ["@acme"]),
        ("@acme.fr et @le-blog-rh !", ["@acme.fr", "@le-blog-rh"]),
        ("(@Étude_2) @ÉTUDE_2", ["@étude_2", "@étude_2"]),
        ("info@acme.fr", []),
        ("a.b@acme", []),
        ("https://site.fr/@acme", []),
        ("@ acme", []),
        (None, []),
    ])  # fmt: skip
    def test_accounts(self, body, found):
        assert mentions_in(body) == found


class TestGraph:
    def test_who_mentions_whom(self):
        found = mentions(TEXTS, AUTHORS)

        # Others: b, d (without a name) and z.
        assert found.to_records(index=False).tolist() == [
            (OTHERS, "@acme", 3),
            ("Radio Formation", "@acme", 2),
            ("Le Blog RH", "@acme", 1),
            ("Le Blog RH", "@autre", 1),
            ("Sans Portée", "@acme", 1),
        ]


class TestInfluencers:
    def test_ranked_by_reach_times_engagement(self):
        found = influencers(TEXTS, AUTHORS, ["@acme"]).set_index("author")

        # Le Blog RH 800 x 500 / 1 = 400,000; Radio Formation 12,000 x 40 / 2 = 240,000.
        assert found.index.tolist() == ["Le Blog RH", "Radio Formation", "Sans Portée", OTHERS]
        assert found["influence"].tolist()[:2] == [400_000, 240_000]
        assert found.loc["Radio Formation", ["texts", "impressions"]].tolist() == [2, 24_000]
        assert found.loc["Sans Portée", ["reach", "influence"]].isna().all()  # not 0

    def test_as_sql_counts(self):
        every = pd.concat([TEXTS.assign(author_key=f"p{n}", engagements=n) for n in range(9)])
        people = pd.DataFrame({"author_key": [f"p{n}" for n in range(9)], "is_public": True,
                               "name": [f"n{n}" for n in range(9)],
                               "reach": [n * n + 1 for n in range(9)]})  # fmt: skip
        counted = duckdb.sql("""
            select name, reach * sum(engagements) / count(*) from every join people
            using (author_key) where source <> 'private_message'
            and regexp_matches(body, '(^|[^a-z])@acme([^.]|$)', 'i') group by name, reach
        """).fetchall()
        found = influencers(every, people, ["Acme"])

        assert dict(zip(found["author"], found["influence"], strict=True)) == dict(counted)

    def test_nobody_is_named_who_is_not_public(self):
        for frame in (influencers(TEXTS, AUTHORS, ["@acme"]), mentions(TEXTS, AUTHORS)):
            told = frame.to_csv()
            assert "Jeanne" not in told and "Déçue" not in told
            assert not {"b", "d", "z"} & {cell for row in frame.to_numpy() for cell in row}

    def test_of_few_others_no_reach_is_told(self):
        """Three others: 300 and 5,000 are not to be worked out; of five their sum is told."""
        few = influencers(TEXTS, AUTHORS, ["@acme"]).iloc[-1]
        assert (few["author"], few["authors"], few["texts"]) == (OTHERS, 3, 3)
        assert few[["reach", "engagements", "impressions", "influence"]].isna().all()

        written = rows("author_key source body engagements",
                       ("f", "mention", "@acme", 1), ("g", "mention", "@acme", 2))  # fmt: skip
        people = rows("author_key name reach is_public", ("f", "F", 10, False),
                      ("g", "G", 20, False), ("z", "Z", 30, False))  # fmt: skip
        more, known = pd.concat([TEXTS, written]), pd.concat([AUTHORS, people])
        last = influencers(more, known, ["@acme"]).iloc[-1]
        assert (last["authors"], last["reach"]) == (5, 300 + 5_000 + 10 + 20 + 30)

    def test_without_engagements_there_is_no_influence(self):
        found = influencers(TEXTS.drop(columns="engagements"), AUTHORS, ["@acme"])

        assert found["influence"].isna().all()
        assert found["author"].tolist()[0] == "Radio Formation"  # by whom it was seen most


class TestFaults:
    def test_a_column_that_is_missing(self):
        with pytest.raises(ParameterError, match="authors lacks is_public; it has author_key"):
            mentions(TEXTS, AUTHORS.drop(columns="is_public"))

    def test_an_author_twice(self):
        with pytest.raises(ParameterError, match="twice"):
            mentions(TEXTS, pd.concat([AUTHORS, AUTHORS.head(1)]))

    def test_no_account(self):
        with pytest.raises(ParameterError, match="accounts is empty"):
            influencers(TEXTS, AUTHORS, [])
