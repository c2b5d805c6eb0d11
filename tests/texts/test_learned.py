"""A company's own labels: from two hundred on a model learns, and every result has its error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpilib as kl
from kpilib.errors import ParameterError
from kpilib.texts.learned import agreement, confusion, corrected_share, macro_f1

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
    labels = [*tones, None, None]
    found = kl.sentiment([*bodies, "zorg narf", "vex krul"], labels, second=labels)

    assert list(found["sentiment"][-2:]) == ["positive", "negative"]
    assert list(found["read_by"].unique()) == ["person", "labels"]
    assert found["macro_f1"][0] > 0.9
    assert set(found["limit"]) == {""}


def test_labels_of_one_person_alone_make_no_headline():
    bodies, tones = labelled(210)
    found = kl.sentiment(bodies, tones, second=[*tones[:199], *[None] * 11])

    assert found["macro_f1"][0] > 0.9
    assert found["limit"][0].startswith("No headline: 199 of the texts that it is held against")


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
    assert set(found["labelled_twice"]) == {200}  # one in ten by a step apart: 0.9 and less chance
    assert 0.75 < found["kappa"][0] < 0.92


class TestCorrectedShare:
    def test_o49(self):
        assert corrected_share(0.4, 0.9, 0.8) == pytest.approx(0.2 / 0.7, rel=1e-12)

    def test_o49_a_classifier_that_guesses_tells_nothing(self):
        assert corrected_share(0.4, 0.5, 0.5) is None

    @pytest.mark.parametrize(("sensitivity", "known"), [(0.4, False), (0.41, True)])
    def test_little_above_guessing_is_not_corrected(self, sensitivity, known):
        assert (corrected_share(0.4, sensitivity, 0.8) is not None) == known

    @pytest.mark.parametrize(("observed", "expected"), [(0.1, 0.0), (0.2, 0.0), (0.95, 1.0)])
    def test_stays_a_share(self, observed, expected):
        assert corrected_share(observed, 0.9, 0.8) == pytest.approx(expected)

    def test_without_errors_nothing_changes(self):
        assert corrected_share(0.4, 1.0, 1.0) == pytest.approx(0.4)


class TestConfusion:
    """Of five negative texts four are found; of five others one is taken for one."""

    TRUTH = np.array(["negative"] * 5 + ["neutral"] * 2 + ["positive"] * 3, dtype=object)
    READ = np.array(
        ["negative"] * 4 + ["neutral"] + ["negative", "neutral"] + ["positive"] * 3, dtype=object
    )

    def test_by_hand(self):
        found = confusion(self.TRUTH, self.READ)

        assert found[["positive", "neutral", "negative"]].to_numpy().tolist() == [
            [3, 0, 0], [0, 1, 1], [0, 1, 4],
        ]  # fmt: skip
        assert tuple(found.loc["negative", ["sensitivity", "specificity"]]) == (0.8, 0.8)
        # five are called negative, and four are; two neutral, and one is
        assert found["precision"].tolist() == [1, 0.5, 0.8]
        assert found["labelled_twice"].tolist() == [0, 0, 0] and found["kappa"].isna().all()

    def test_a_second_reader_tone_by_tone(self):
        # of ten, nine were read again; both say negative of 4, the first alone of one more: of 9
        # 8 alike, by chance 5 * 4 + 4 * 5 of 81, so (8 / 9 - 40 / 81) / (41 / 81) = 32 / 41
        second = self.TRUTH.copy()
        second[0], second[9] = "neutral", None
        found = confusion(self.TRUTH, self.READ, second)

        assert found["labelled_twice"].tolist() == [2, 2, 5]
        assert found.loc["negative", "kappa"] == pytest.approx(32 / 41)
        assert found.loc["positive", "kappa"] == 1

    def test_as_scikit_learn_counts(self):
        from sklearn.metrics import confusion_matrix

        tones = ["positive", "neutral", "negative"]
        expected = confusion_matrix(self.TRUTH.astype(str), self.READ.astype(str), labels=tones)
        assert (confusion(self.TRUTH, self.READ)[tones].to_numpy() == expected).all()

    def test_a_tone_that_nobody_found_has_no_sensitivity(self):
        found = confusion(np.array(["neutral"]), np.array(["negative"]))

        assert np.isnan(found.loc["negative", "sensitivity"])
        assert found.loc["negative", "specificity"] == 0

    def test_of_a_company_without_marked_texts_nothing_is_known(self):
        found = kl.open(TEXTS_ALONE, as_of="2025-05-31").confusion()

        assert found[["positive", "neutral", "negative"]].to_numpy().sum() == 0

    def test_the_share_of_negative_texts_is_corrected_by_the_labels_that_are_there(self):
        bodies = ["C'est nul", "Rien à dire", "Très bien"] * 100
        labels = ["negative", "neutral", "positive"] * 70 + [None] * 90
        found = kl.sentiment(bodies, labels=labels, language="fr")

        assert found["negative_share"].iloc[0] == pytest.approx(1 / 3)
        assert found["corrected_share"].iloc[0] == pytest.approx(1 / 3)

    def test_few_labels_correct_nothing(self):
        found = kl.sentiment(["C'est nul", "Très bien"], labels=["negative", None], language="fr")

        assert np.isnan(found["corrected_share"].iloc[0])
        assert found["confidence"].isna().all()

    def test_confidence_is_how_often_texts_read_alike_are_read_right(self):
        # No word decides of "zorg": read neutral, and of 200 such texts people read 50 so. Of ten
        # with "nul" all are negative, and of nine with "bien" nobody says how often.
        bodies = ["zorg"] * 201 + ["C'est nul"] * 11 + ["Très bien"] * 10
        labels = ["neutral"] * 50 + ["negative"] * 150 + [None] + ["negative"] * 10 + [None]
        labels += ["positive"] * 9 + [None]
        found = kl.sentiment(bodies, labels, "fr", second=[None] * 10 + labels[10:])
        open_ones = found[found["read_by"].ne("person")]

        assert found.loc[found["read_by"].eq("person"), "confidence"].isna().all()
        assert set(found["read_by"]) == {"person", "words"}
        assert open_ones["confidence"].tolist()[:2] == [0.25, 1]
        assert np.isnan(open_ones["confidence"].iloc[2])
        assert set(found["labelled_twice"]) == {209} and set(found["kappa"]) == {1}

    def test_texts_read_once_have_no_agreement(self):
        found = kl.sentiment(["C'est nul"], labels=["negative"], language="fr")

        assert found["labelled_twice"].tolist() == [0] and found["kappa"].isna().all()


class TestAgreement:
    def test_cohen_by_hand(self):
        # 6 of 8 alike; by chance 4/8 * 4/8 + 4/8 * 4/8 = 0.5, so (0.75 - 0.5) / 0.5
        first = np.array(["negative"] * 4 + ["neutral"] * 4)
        second = np.array(["negative"] * 3 + ["neutral"] + ["negative"] + ["neutral"] * 3)

        assert agreement(first, second) == pytest.approx(0.5)

    def test_as_scikit_learn_does(self):
        from sklearn.metrics import cohen_kappa_score

        draw = np.random.default_rng(3)
        first, second = (draw.choice(["positive", "neutral", "negative"], 60) for _ in range(2))
        assert agreement(first, second) == pytest.approx(cohen_kappa_score(first, second))

    def test_where_nothing_varies_it_is_not_known(self):
        assert np.isnan(agreement(np.array(["neutral"] * 3), np.array(["neutral"] * 3)))
        assert np.isnan(agreement(np.array([]), np.array([])))


TEXTS_ALONE = {
    "texts": pd.DataFrame(
        {
            "text_id": ["1"],
            "ts": pd.to_datetime(["2025-05-02T10:00:00Z"]),
            "source": ["google_review"],
            "body": ["Très bien"],
        }
    )
}
