"""Hashtags: what is one, which posts bear it, and how people react to them."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

import kpilib as kl
from kpilib.methods.mentions import hashtags_in
from tests.worked import exactly, interval, rows

DAY = "2025-02-10T09:00:00Z"
MARCH = {"as_of": "2025-03-31"}
POSTS = rows(
    "post_id published_at is_paid impressions reactions comments shares clicks follows",
    ("1", DAY, False, 1000, 10, 5, 5, 30, 0),  # 50 engagements
    ("2", DAY, False, 200, 8, 1, 0, 1, 0),  # 10
    ("3", DAY, True, 9000, 1, 0, 0, 0, 0),  # paid
    ("4", "2025-01-31T09:00:00Z", False, 100, 50, 0, 0, 0, 0),  # of another month
    ("5", DAY, False, 0, 3, 0, 0, 0, 0),  # seen by nobody
)
TEXTS = rows(
    "ts source subject_id body",
    (DAY, "community_post", "1", "Notre #Formation au #numérique : #formation !"),
    (DAY, "community_post", "2", "Une #FORMATION courte"),
    (DAY, "community_post", "3", "#formation sponsorisée"),
    (DAY, "comment", "1", "Bravo #numerique"),  # without its accent: another hashtag
    (DAY, "mention", None, "Merci pour la #formation, @Acme"),
    (DAY, "comment", "4", "Toujours utile #relire"),
    (DAY, "community_post", "5", "#nuit"),
    (DAY, "private_message", "2", "En privé : #secret"),
    ("2025-03-02T09:00:00Z", "community_post", "1", "#mars"),  # written in another month
    (DAY, "community_post", "2", None),
)


def ranked(texts=TEXTS, posts=POSTS, period="2025-02"):
    res = kl.open({"texts": texts, "social_posts": posts}, **MARCH).evaluate(
        "hashtag_performance", period
    )
    return res.set_index("hashtag")


class TestWhatIsOne:
    @pytest.mark.parametrize(
        ("body", "found"),
        [
            ("#Formation #formation @Acme", ["#formation", "#formation"]),  # catalogue, M27
            ("Été : #ÉtéÀParis, #œuvre.", ["#étéàparis", "#œuvre"]),
            ("#Straße #STRASSE", ["#strasse", "#strasse"]),
            ("#学习 #обучение #हिन्दी", ["#学习", "#обучение", "#हिन्दी"]),
            ("＃Formation", ["#formation"]),  # as an Asian keyboard writes it
            ("#étudiant·e #plan_de_formation", ["#étudiant·e", "#plan_de_formation"]),
            ("l'#emploi(#rh)#paie", ["#emploi", "#rh", "#paie"]),
            ("#IA2025 mais #2025 et # rien", ["#ia2025"]),
            ("voir https://acme.example/page#prix et /#haut", []),
            ("R&#233;union, C# et #", []),
            ("", []),
            (None, []),
        ],
    )
    def test_letters_of_any_alphabet_in_small(self, body, found):
        assert hashtags_in(body) == found

    def test_accents_written_in_two_ways_are_one(self):
        composed, apart = (unicodedata.normalize(form, "#Été") for form in ("NFC", "NFD"))

        assert composed != apart
        assert hashtags_in(composed) == hashtags_in(apart)


class TestRanking:
    def test_posts_are_pooled(self):
        # posts 1 and 2: 50 + 10 of 1,000 + 200
        row = ranked().loc["#formation"]

        assert (row["numerator"], row["denominator"], row["n"]) == (60, 1200, 2)
        assert row["value"] == exactly(0.05)
        # used twice in one text, once under a paid post, once where no post is known
        assert row["details"] == {"uses": 5, "posts": 2}

    def test_a_large_post_weighs_more(self):
        # 50 / 1,000 and 40 / 200: 90 / 1,200 = 7.5 %, where the mean would be 12.5 %
        posts = POSTS.assign(clicks=[30, 31, 0, 0, 0])
        row = ranked(posts=posts).loc["#formation"]

        assert row["value"] == exactly(0.075)
        assert row["ci_method"] == "bootstrap"
        low, high = interval(row)
        assert low < row["value"] < high
        assert "approximate" in row["flags"]  # of two posts nobody knows how the others are

    def test_the_best_comes_first_ties_by_name(self):
        res = ranked(posts=POSTS.assign(clicks=[30, 31, 0, 0, 0]))
        known = res[res["status"] == "ok"]

        assert known.index.tolist() == ["#formation", "#numerique", "#numérique"]

    def test_a_text_about_a_post_that_is_not_of_the_month_is_a_use_only(self):
        row = ranked().loc["#relire"]

        assert (row["status"], row["n"]) == ("no_data", 0)
        assert row["details"] == {"uses": 1, "posts": 0}
        assert row["reason"] == (
            "None of the period's organic posts is known to bear this hashtag."
        )

    def test_a_post_that_nobody_saw_has_no_rate(self):
        row = ranked().loc["#nuit"]

        assert (row["status"], row["numerator"], row["denominator"]) == ("no_denominator", 3, 0)

    def test_one_post_has_no_interval(self):
        row = ranked().loc["#numérique"]

        assert row["value"] == exactly(0.05)
        assert pd.isna(row["ci_low"])
        assert "low_n" in row["flags"]

    def test_what_is_written_to_us_in_private_stays_there(self):
        res = ranked()

        assert "#secret" not in res.index
        assert not res.astype(str).apply(lambda c: c.str.contains("privé|Bravo|Merci")).any().any()

    def test_a_text_belongs_to_its_own_month(self):
        assert "#mars" not in ranked().index
        assert ranked(period="2025-03").index.tolist() == ["#mars"]

    def test_a_post_counts_once_however_many_texts_bear_its_hashtag(self):
        texts = TEXTS.assign(body="#un")
        row = ranked(texts=texts).loc["#un"]

        assert (row["n"], row["numerator"]) == (3, 63)

    def test_no_hashtag_at_all(self):
        res = kl.open(
            {"texts": TEXTS.assign(body="rien"), "social_posts": POSTS}, **MARCH
        ).evaluate("hashtag_performance", "2025-02")

        assert res["status"].tolist() == ["no_data"]

    def test_a_month_is_final_a_week_later(self):
        res = kl.open({"texts": TEXTS, "social_posts": POSTS}, as_of="2025-02-16").evaluate(
            "hashtag_performance", "2025-02"
        )

        assert res["flags"].map(lambda flags: "immature" in flags).all()

    def test_another_breakdown_is_refused(self):
        with pytest.raises(kl.KpilibError) as caught:
            kl.open({"texts": TEXTS, "social_posts": POSTS}, **MARCH).evaluate(
                "hashtag_performance", "2025-02", by="network"
            )

        assert str(caught.value) == (
            "hashtag_performance is always by hashtag; by='network' is not. Leave `by` out."
        )

    def test_as_a_simple_count_in_pandas(self):
        """The same, worked out in another way: one row a post and hashtag."""
        public = TEXTS["source"].isin(["comment", "community_post", "mention"])
        texts = TEXTS[public & TEXTS["ts"].str.startswith("2025-02")].dropna()
        pairs = texts.assign(tag=texts["body"].str.casefold().str.findall(r"#\w+")).explode("tag")
        pairs = pairs[["subject_id", "tag"]].drop_duplicates()
        posts = POSTS[~POSTS["is_paid"] & POSTS["published_at"].str.startswith("2025-02")]
        acts = posts[["reactions", "comments", "shares", "clicks", "follows"]].sum(axis=1)
        joined = pairs.merge(posts.assign(acts=acts), left_on="subject_id", right_on="post_id")
        sums = joined.groupby("tag")[["acts", "impressions"]].sum()
        res = ranked()

        for tag, (up, down) in sums.iterrows():
            assert (res.loc[tag, "numerator"], res.loc[tag, "denominator"]) == (up, down)
        assert set(res[res["n"] > 0].index) == set(sums.index)
