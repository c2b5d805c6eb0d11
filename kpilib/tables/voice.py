"""What customers and the public write, apart from what employees say among themselves."""

from __future__ import annotations

import narwhals as nw

from kpilib.tables.derivation import Derivation, Frames, Setting, extended

OF_EMPLOYEES = ("feedback_box", "survey_open")


def _customer_texts(frames: Frames, _setting: Setting) -> nw.LazyFrame:
    """Leave out the sources in which employees speak: their words are never mixed with others'.

    Where no source is known, every text is taken for one of the public.
    """
    texts = frames["texts"]
    if "source" not in texts.collect_schema().names():
        return texts
    return texts.filter((~nw.col("source").is_in(OF_EMPLOYEES)).fill_null(True))


DERIVATIONS = (
    Derivation(
        contract=extended("customer_texts", "texts", "", key=("text_id",)),
        base="texts",
        needs={"texts": "ts"},
        wants={"texts": "source"},
        build=_customer_texts,
    ),
)
