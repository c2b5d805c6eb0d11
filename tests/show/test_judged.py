"""A sentence put to the ten tests, and the better one: what it proposes passes what failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import kpilib as kl
from kpilib.cli import commands
from kpilib.errors import ParameterError
from kpilib.show.judged import BLANK

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


def test_each_test_stands_once_with_what_it_found():
    table = kl.judge("Improve our newsletter").table

    assert "".join(table["letter"]) == "MALINSMART"
    assert table["passed"].isna().sum() == 4  # A and N, A and R
    assert kl.judge("Improve our newsletter").failed == "MLI"


def test_it_answers_in_the_language_that_is_asked():
    said = repr(kl.judge("Improve our newsletter", lang="fr")).replace("\u00a0", " ")

    assert "M mesurable : échoue" in said and "Mieux : " not in said and "Mieux :" in said
    assert "porter « Taux de clic » de … à …" in " ".join(said.split())


@pytest.mark.parametrize(
    "sentence", ["Improve our newsletter", "Attract more visitors", "Increase revenue"]
)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_better_sentence_passes_once_its_blanks_are_filled(sentence, lang):
    better = kl.judge(sentence, SAMPLE, lang).better

    assert kl.judge(sentence).failed
    assert kl.judge(better.replace(BLANK, "3.5 %")).failed == ""


def test_nothing_is_added_that_the_sentence_says():
    better = kl.judge("+20 % organic traffic in nine months, because it sells").better

    assert better == (
        "+20 % organic traffic in nine months, because it sells: the target is reviewed on …,"
        " … answers for it."
    )


def test_what_it_is_about_is_not_invented():
    assert "bring “…” from … to …" in kl.judge("Do better").better


@pytest.mark.parametrize("sentence", ["", "  ", None, 3])
def test_no_sentence(sentence):
    with pytest.raises(ParameterError, match="There is no sentence"):
        kl.judge(sentence)


def test_the_page_escapes_what_was_written():
    assert "<b>" not in kl.judge("<b>Improve</b> our site")._repr_html_()


def test_the_command():
    res = CliRunner().invoke(commands, ["judge", "Améliorer notre newsletter", "--lang", "fr"])

    assert res.exit_code == 0 and "Échec de M.A.L.I.N" in res.stdout
