"""Sentiment with its measured error: by our words, or by a model of a company's own labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kpilib.errors import ParameterError, listed
from kpilib.files import require_folder
from kpilib.language import spoken
from kpilib.saying import error_of
from kpilib.texts.sentiment import lexicons, said_in

TONES = ("positive", "neutral", "negative")
ENOUGH = 200  # labels from which a model is learnt, and an error is said to be known
HEADLINE = 0.70  # macro-F1 below which a figure does not stand at the top of anything
FOLDS = 5
FEWEST_ALIKE = 10  # labelled texts that were read alike, below which how often is not told
LEAST_SKILL = 1.2  # sensitivity + specificity; 1 is guessing
NEGATIVE = "negative"


def sentiment(
    texts: Sequence[str],
    labels: Sequence[str | None] | None = None,
    language: str | None = None,
    folder: Path | str | None = None,
    second: Sequence[str | None] | None = None,
) -> pd.DataFrame:
    """Return the sentiment of texts, with the words that decided and the measured error.

    Parameters
    ----------
    texts : sequence of str
    labels : sequence of str, optional
        What people say of the same texts: ``positive``, ``neutral``, ``negative``, or nothing.
        From 200 on, a linear model learns from them, and reads the others where it is right more
        often than our words (scikit-learn, extra ``text``).
    language : str, optional
        ``fr`` or ``en``; without it, each text's own, by its common words.
    folder : path, optional
        The company's, with its words.yaml.
    second : sequence of str, optional
        What somebody else says of the same texts, without having seen the labels.

    Returns
    -------
    pandas.DataFrame
        One row a text, without the text: ``sentiment, score`` (-1 to 1, of our words), ``words``
        (each with what it added), ``read_by`` (person, labels or words), ``labelled`` and
        ``macro_f1``: how many labels there are and how well ``read_by`` finds them, cross-validated
        where it learnt; missing without labels. ``limit`` says in words why the figure is no
        headline. ``negative_share`` of all texts, and ``corrected_share``, what it is worth given
        its mistakes (`corrected_share`): missing below 200 labels, and where it hardly beats
        guessing. ``confidence``, 0 to 1: of the labelled texts that were read as this one (in this
        tone; of our words, with or without any that decided), the share that people read so too;
        missing below 200 labels, below 10 such texts, and of what a person read.
        ``labelled_twice`` and ``kappa``: how many texts two people read, and whether they agree.

    Notes
    -----
    Our words, reviewed on other texts: 0.88 of 391 French reviews of television are told right
    (textblob-fr: 0.757), and the correlation with the human mean on 10,605 English snippets about
    films is 0.60 (VADER: 0.451). They miss irony.
    """
    _refuse_else(texts, labels, second, folder)
    if language is not None and not isinstance(language, str):
        raise error_of(ParameterError, 'language is {found!r}. Write "fr" or "en".', found=language)
    bodies = ["" if pd.isna(text) else str(text) for text in texts]
    gold = _labels(labels, len(bodies))
    every = lexicons(Path(folder) if folder is not None else None)
    said = [said_in(body, every, language) for body in bodies]
    known = np.array([label is not None for label in gold], dtype=bool)
    truth, read = np.array(gold, dtype=object)[known], [each.sentiment for each in said]
    read, checked, by = _best(bodies, np.array(read, dtype=object), truth, known)
    f1 = macro_f1(truth, checked) if known.any() else None
    worded = np.array([bool(each.decided) or by == "labels" for each in said], dtype=bool)
    confidence = _confidence(read, worded, known, truth == checked)
    other = np.array(_labels(second, len(bodies)), dtype=object)
    twice = known & np.array([label is not None for label in other], dtype=bool)
    both = np.array(gold, dtype=object)[twice], other[twice]
    read[known] = truth
    return pd.DataFrame(
        {
            "sentiment": read,
            "score": [round(each.score, 4) for each in said],
            "words": [", ".join(f"{w} {weight:+g}" for w, weight in each.decided) for each in said],
            "read_by": np.where(known, "person", by),
            "labelled": int(known.sum()),
            "macro_f1": np.nan if f1 is None else f1,
            "limit": limit(int(known.sum()), f1, int(twice.sum())),
            "negative_share": np.mean(read == NEGATIVE) if len(read) else np.nan,
            "corrected_share": _corrected(read[~known], truth, checked),
            "confidence": np.where(known, np.nan, confidence),
            "labelled_twice": int(twice.sum()),
            "kappa": agreement(*both),
        }
    )


def _refuse_else(texts: Any, labels: Any, second: Any, folder: Any) -> None:
    """Refuse what would be read as something else: one text as its letters, a table as its head."""
    table = isinstance(texts, str | bytes | Mapping | pd.DataFrame)
    if table or not isinstance(texts, Iterable):
        raise error_of(
            ParameterError,
            "Found {kind} where texts are wanted. Give a list or a column: [text, ...] or"
            ' frame["body"].',
            kind=type(texts).__name__,
        )
    if second is not None and labels is None:
        raise error_of(
            ParameterError, "second is held against labels, and there are none. Give both."
        )
    if folder is not None:
        require_folder(Path(str(folder)))


def _best(
    bodies: Sequence[str], read: np.ndarray, truth: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return what is read of all texts and of those with a label, and by what: labels or words."""
    if known.sum() >= ENOUGH:
        learnt, foretold = _learnt(bodies, truth, known)
        if macro_f1(truth, foretold) > macro_f1(truth, read[known]):
            return learnt, foretold, "labels"
    return read, read[known], "words"


def _confidence(
    read: np.ndarray, worded: np.ndarray, known: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Return how often each text's reading is right, by the labelled texts that were read alike."""
    found = np.full(len(read), np.nan)
    if known.sum() < ENOUGH:
        return found
    for tone in TONES:
        for decided in (True, False):
            alike = (read == tone) & (worded == decided)
            checked = right[alike[known]]
            if len(checked) >= FEWEST_ALIKE:
                found[alike] = float(np.mean(checked))
    return found


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Return how far two people agree on the tones of the same texts, beyond chance.

    Parameters
    ----------
    first, second : numpy.ndarray
        What each of them says, in the same order.

    Returns
    -------
    float
        Cohen's kappa: 1 when they always agree, 0 when no more than by chance. Missing when no
        text was read twice, and when both always say the same one tone.

    Examples
    --------
    >>> agreement(np.array(["neutral", "negative"]), np.array(["neutral", "negative"]))
    1.0

    References
    ----------
    Cohen (1960).
    """
    by_chance = sum(float(np.mean(first == t) * np.mean(second == t)) for t in {*first, *second})
    if not len(first) or by_chance >= 1:
        return float("nan")
    return (float(np.mean(first == second)) - by_chance) / (1 - by_chance)


def _corrected(read: np.ndarray, truth: np.ndarray, checked: np.ndarray) -> float:
    """Return the share of negative texts: those that people read as they are, others corrected."""
    told = float(np.sum(truth == NEGATIVE))
    if not len(read):
        return told / len(truth) if len(truth) else np.nan
    if len(truth) < ENOUGH:
        return np.nan
    errs = confusion(truth, checked).loc[NEGATIVE]
    share = corrected_share(
        float(np.mean(read == NEGATIVE)), errs["sensitivity"], errs["specificity"]
    )
    return np.nan if share is None else (told + share * len(read)) / (len(truth) + len(read))


def confusion(
    truth: np.ndarray, read: np.ndarray, second: np.ndarray | None = None
) -> pd.DataFrame:
    """Return how a reading errs: texts by the tone that people found and the tone that was read.

    Parameters
    ----------
    truth, read : numpy.ndarray
        Tones of the same texts.
    second : numpy.ndarray, optional
        The tones that another person found in them; None where nobody did.

    Returns
    -------
    pandas.DataFrame
        One row a tone of people's, by ``people``: a count for each tone read; ``sensitivity``, the
        share of its texts that were read so (recall), ``specificity``, the share of all others
        that were not, and ``precision``, the share of what was read so that is; missing where there
        is no such text. ``labelled_twice``, how many of its texts two people read, and ``kappa``,
        how far they agree on this tone against all others (`agreement`).

    Examples
    --------
    >>> confusion(np.array(["negative", "neutral"]), np.array(["negative", "negative"]))
    """
    tones = pd.Index(TONES, name="people")
    pairs = pd.DataFrame({"people": truth, "read": read})
    counts = pd.crosstab(pairs["people"], pairs["read"]).reindex(index=tones, columns=TONES)
    counts = counts.fillna(0).astype(int).rename_axis(columns=None)
    hits = pd.Series(np.diag(counts), index=tones)
    own, called = counts.sum(axis=1), counts.sum()
    others = len(pairs) - own
    return counts.assign(
        sensitivity=hits / own.where(own > 0),
        specificity=1 - (called - hits) / others.where(others > 0),
        precision=hits / called.where(called > 0),
        **_read_twice(truth, second),
    )


def _read_twice(truth: np.ndarray, second: np.ndarray | None) -> dict[str, list[float]]:
    """Return, by tone, how many texts two people read, and how far they agree on it."""
    second = np.full(len(truth), None, dtype=object) if second is None else second
    twice = np.array([label in TONES for label in second], dtype=bool)
    first, other = truth[twice], second[twice]
    return {
        "labelled_twice": [int(np.sum(first == tone)) for tone in TONES],
        "kappa": [agreement(first == tone, other == tone) for tone in TONES],
    }


def limit(labelled: int, f1: float | None, twice: int) -> str:
    """Say why a sentiment that was read is no headline; empty where it may be one.

    A tone that one person gave alone is an opinion: a reading is held against texts read twice.
    """
    say = spoken()
    if f1 is None or labelled < ENOUGH:
        return say(
            "No headline: how often this reading errs is not known. Label {enough} texts by hand;"
            " there are {labelled}.",
            enough=ENOUGH,
            labelled=labelled,
        )
    if f1 < HEADLINE:
        return say(
            "No headline: held against {labelled} texts read by people, its macro-F1 is {f1},"
            " below {least}.",
            labelled=labelled,
            f1=f"{f1:.2f}",
            least=f"{HEADLINE:.2f}",
        )
    if twice < ENOUGH:
        return say(
            "No headline: {twice} of the texts that it is held against were read by a second"
            " person. Have {enough} read twice.",
            twice=twice,
            enough=ENOUGH,
        )
    return ""


def corrected_share(observed: float, sensitivity: float, specificity: float) -> float | None:
    """Return the true share behind one that was observed by something that makes mistakes.

    Of 100 texts a classifier that finds 90 % of the negative ones and takes 20 % of the others for
    negative calls 40 negative where 29 are.

    Parameters
    ----------
    observed : float
        Share of cases that were found positive (negative texts, say), 0 to 1.
    sensitivity, specificity : float
        Share of true cases that are found, and of other cases that are not taken for one, both
        measured on a gold sample.

    Returns
    -------
    float or None
        Between 0 and 1. None unless both add up to more than 1.2: at 1 the classifier guesses,
        and little above it the correction multiplies noise.

    References
    ----------
    Rogan and Gladen (1978).
    """
    if not sensitivity + specificity > LEAST_SKILL + 1e-12:  # unknown ones too
        return None
    share = (observed + specificity - 1) / (sensitivity + specificity - 1)
    return min(1.0, max(0.0, share))


def macro_f1(truth: np.ndarray, read: np.ndarray) -> float:
    """Return the mean of F1 over the tones that people found: precision and recall alike."""
    found = []
    for tone in dict.fromkeys(truth):
        hits = float(np.sum((truth == tone) & (read == tone)))
        found.append(2 * hits / float(np.sum(truth == tone) + np.sum(read == tone)))
    return float(np.mean(found))


def _labels(labels: Sequence[Any] | None, size: int) -> list[str | None]:
    given = [None] * size if labels is None else list(labels)
    if len(given) != size:
        raise error_of(
            ParameterError,
            "There are {size} texts and {count} labels. Give one to each.",
            size=size,
            count=len(given),
        )
    gold = [None if pd.isna(label) or label == "" else str(label) for label in given]
    odd = sorted({label for label in gold if label is not None} - set(TONES))
    if odd:
        raise error_of(
            ParameterError,
            "labels: {odd} is no sentiment. Write {tones}.",
            odd=listed(odd),
            tones=listed(TONES),
        )
    return gold


def _learnt(
    bodies: list[str], truth: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what the model says of every text, and of the labelled ones when it knew others."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict
        from sklearn.pipeline import make_pipeline, make_union
    except ImportError:
        raise error_of(
            ParameterError,
            "Learning from labels needs scikit-learn: pip install 'kpilib[text]'. Without"
            " labels, texts are read by our words.",
        ) from None
    least = min(int(np.sum(truth == tone)) for tone in set(truth))
    if len(set(truth)) < 2 or least < FOLDS:
        raise error_of(
            ParameterError,
            "A tone has fewer than {folds} labels, or all labels are of one tone: nothing"
            " can be learnt from them. Label further texts.",
            folds=FOLDS,
        )
    model = make_pipeline(
        make_union(
            TfidfVectorizer(strip_accents="unicode", ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(
                strip_accents="unicode", analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True
            ),
        ),
        LogisticRegression(C=5.0, class_weight="balanced", max_iter=1000),
    )
    labelled = np.array(bodies, dtype=object)[known]
    labels = truth.astype(str)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    foretold = cross_val_predict(model, labelled, labels, cv=folds)
    read = model.fit(labelled, labels).predict(np.array(bodies, dtype=object))
    return read.astype(object), foretold.astype(object)
