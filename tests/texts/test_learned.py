"""A company's own labels: from two hundred on a model learns, and every result has its error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ParameterError
from kpilib.texts.learned import macro_f1

GOOD = ["zorg blik", "blik narf", "zorg narf tum"]  # words that no lexicon has
BAD = ["krul vex", "vex dram", "krul dram tum"]
PLAIN = ["ola mip", "mip ter", "ola ter tum"]


def labelled(count):
    kinds = [("positive", GOOD), ("negative", BAD), ("neutral", PLAIN)]
    rows = [(kinds[n % 3][1][n % 2] + f" n{n}", kinds[n % 3][0]) for n in range(count)]
    return [body for body, _ in rows], [tone for _, tone in rows]


def test_words_are_shown_and_no_error_is_claimed_without_labels():
    found = kl.sentiment(["Très utile, merci !", "not good", None])

    assert list(found["sentiment"]) == ["positive", "negative", "neutral"]
    assert found["words"][1] == "good -1.6"
    assert set(found["read_by"]) == {"words"}
    assert found["macro_f1"].isna().all()
    assert found["limit"].str.startswith("No headline").all()
    assert "text" not in found


def test_a_model_learns_a_jargon_from_two_hundred_labels():
    bodies, tones = labelled(210)
    found = kl.sentiment([*bodies, "zorg narf", "vex krul"], [*tones, None, None])

    assert list(found["sentiment"][-2:]) == ["positive", "negative"]
    assert list(found["read_by"].unique()) == ["person", "labels"]
    assert found["macro_f1"][0] > 0.9
    assert set(found["limit"]) == {""}


def test_of_fewer_labels_nothing_is_learnt():
    bodies, tones = labelled(150)
    found = kl.sentiment([*bodies, "zorg narf"], [*tones, None])

    assert found["read_by"].iloc[-1] == "words"
    assert "150" in found["limit"].iloc[-1]


def test_labels_of_chance_make_no_headline():
    bodies, tones = labelled(240)
    shuffled = list(np.random.default_rng(3).permutation(tones))
    found = kl.sentiment([*bodies, "zorg narf"], [*shuffled, None])

    assert found["macro_f1"].iloc[-1] < 0.5
    assert "macro-F1" in found["limit"].iloc[-1]


def test_macro_f1_by_hand():
    truth = np.array(["positive", "positive", "negative", "neutral"], dtype=object)
    read = np.array(["positive", "negative", "negative", "positive"], dtype=object)

    # positive 2*1/(2+2), negative 2*1/(1+2), neutral 0
    assert macro_f1(truth, read) == pytest.approx((0.5 + 2 / 3 + 0) / 3)


def test_a_label_that_is_no_sentiment():
    with pytest.raises(ParameterError, match="'?bad'? is no sentiment"):
        kl.sentiment(["a"], ["bad"])
    with pytest.raises(ParameterError, match="1 texts and 2 labels"):
        kl.sentiment(["a"], [None, None])


class TestDigest:
    DAY = "2025-05-03T10:00:00Z"

    def digest(self, bodies, **more):
        table = pd.DataFrame({"body": bodies}).assign(ts=self.DAY, source="support", **more)
        table["text_id"] = [f"t{number}" for number in range(len(table))]
        data = kl.open({"texts": table}, as_of="2025-05-31", timezone="Europe/Paris")
        return data.digest("2025-05")

    def test_themes_and_the_terms_they_miss(self):
        found = self.digest([
            *(f"Attente pénible, ascenseur, avis {n}" for n in range(12)),
            *(f"Merci, parfait, avis {n}" for n in range(12)),
        ])  # fmt: skip

        assert [tuple(row) for row in found[["kind", "name", "texts", "negative"]].to_numpy()] == [
            ("theme", "lenteur", 12, 12), ("term", "ascenseur", 12, 12),
        ]  # fmt: skip

    def test_fewer_than_ten_texts_are_not_told_and_names_never(self):
        few = self.digest([f"Attente pénible, ascenseur {n}" for n in range(9)])
        named = self.digest([f"Pénible, avec Durand, avis {n}" for n in range(12)])

        assert few.empty
        assert "durand" not in set(named["name"])

    def test_it_says_how_well_our_words_read_the_gold_texts(self):
        bodies = [f"attente pénible {n}" for n in range(10)] + [f"zorg {n}" for n in range(10)]
        found = self.digest(bodies, sentiment="negative", is_gold=True)

        assert set(found["labelled"]) == {20}
        assert found["macro_f1"][0] == pytest.approx(2 * 10 / (20 + 10))

    def test_of_nobody(self):
        with pytest.raises(ParameterError, match="customers and employees|customers, employees"):
            kl.open("data/sample").digest("2026-10", of="visitors")


def test_the_box_of_the_sample_company():
    """Management and workload come first since a team is unhappy; 200 texts were read twice."""
    found = kl.open("data/sample").digest("2026-Q3", of="employees")

    assert set(found["name"][:2]) == {"management", "charge"}
    assert set(found["labelled"]) == {200}
    assert found["macro_f1"][0] == pytest.approx(0.736, abs=0.02)
    assert set(found["limit"]) == {""}
