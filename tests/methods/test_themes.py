"""Recurrent themes: how often, how negative, how grave."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kpilib as kl
from kpilib.errors import ContractError
from kpilib.methods.themes import tally, themes_in
from tests.worked import exactly, near, rows

MAY = {"as_of": "2025-05-31"}
DAY = "2025-05-10T09:00:00Z"
# M26: ten texts, four of them about slowness, of which three are negative
M26 = [
    ("negative", ["lenteur"]),
    ("negative", ["lenteur", "prix"]),
    ("negative", ["lenteur"]),
    ("neutral", ["lenteur"]),
    ("positive", ["prix"]),
    ("negative", ["accueil"]),
    ("positive", []),
    ("positive", None),
    ("neutral", None),
    ("negative", None),
]


def texts(given=M26, source="comment"):
    return rows(
        "text_id ts source sentiment themes",
        *((f"t{i}", DAY, source, tone, themes) for i, (tone, themes) in enumerate(given)),
    )


def ranked(table, **opened):
    return kl.open({"texts": table}, **MAY, **opened).evaluate("complaint_themes", "2025-05")


class TestRanking:
    def test_m26_slowness_first(self):
        res = ranked(texts())
        first = res.iloc[0]

        assert (first["theme"], first["value"], first["n"]) == ("lenteur", 3, 4)
        assert first["details"]["count"] == 4
        assert first["details"]["negative"] == 3
        assert first["details"]["negative_share"] == 0.75
        bounds = first["details"]["negative_share_low"], first["details"]["negative_share_high"]
        assert bounds == near(0.300642, 0.954413)
        assert first["details"]["texts"] == 10

    def test_highest_first_and_ties_by_name(self):
        # accueil 1 of 1 and prix 1 of 2 have one negative text each
        assert ranked(texts())["theme"].tolist() == ["lenteur", "accueil", "prix"]

    def test_severity_of_the_company_weighs(self, tmp_path):
        (tmp_path / "tables").mkdir()
        written = texts().assign(
            themes=[";".join(each) if each else None for each in texts()["themes"]]
        )
        written.to_csv(tmp_path / "tables" / "texts.csv", index=False)
        (tmp_path / "company.yaml").write_text(
            "name: A\nas_of: 2025-05-31\nassumptions:\n  theme_severity:\n    Prix: 5\n",
            encoding="utf-8",
        )
        res = kl.open(tmp_path).evaluate("complaint_themes", "2025-05")

        assert res["theme"].tolist() == ["prix", "lenteur", "accueil"]
        assert res["value"].tolist() == [5, 3, 1]

    def test_a_text_without_sentiment_is_not_negative_and_not_in_the_share(self):
        res = ranked(texts([("negative", ["a"]), (None, ["a"]), (None, ["b"])]))
        found = res.set_index("theme")

        assert found.loc["a", "details"]["count"] == 2
        assert found.loc["a", "details"]["negative_share"] == 1
        assert (found.loc["b", "status"], found.loc["b", "n"]) == ("no_data", 1)
        assert found.loc["b", "value"] != found.loc["b", "value"]

    def test_what_employees_write_is_not_mixed_in(self):
        assert ranked(texts(source="feedback_box"))["status"].tolist() == ["no_data"]

    def test_another_breakdown_is_refused(self):
        with pytest.raises(ContractError, match="always by theme"):
            kl.open({"texts": texts()}, **MAY).evaluate("complaint_themes", "2025-05", by="source")

    def test_without_any_theme_there_is_no_data(self):
        assert ranked(texts([("negative", None)]))["status"].tolist() == ["no_data"]

    def test_agrees_with_a_count_in_sql(self):
        con = duckdb.connect()
        con.register("texts", texts())
        found = con.execute(
            "select theme, count(*) filter (sentiment = 'negative') as negative from"
            " (select unnest(themes) as theme, sentiment from texts) group by theme"
        ).fetchall()
        ours = ranked(texts())

        assert dict(zip(ours["theme"], ours["value"], strict=True)) == dict(found)


class TestWhereverTheyAre:
    @pytest.mark.parametrize("sign", [";", ",", "|", " ; "])
    def test_written_in_one_text(self, sign):
        table = texts().assign(
            themes=[sign.join(each) if each else None for each in texts()["themes"]]
        )

        assert ranked(table)["value"].tolist() == [3, 1, 1]

    @pytest.mark.parametrize(
        "convert",
        [
            pl.from_pandas,
            lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
            lambda frame: duckdb.connect().from_arrow(
                pa.Table.from_pandas(frame, preserve_index=False)
            ),
        ],
        ids=["polars", "arrow", "duckdb"],
    )
    def test_lists_of_every_engine(self, convert):
        frame = texts().assign(ts=pd.to_datetime(texts()["ts"]))

        assert ranked(convert(frame))["value"].tolist() == [3, 1, 1]


@pytest.mark.parametrize(
    ("written", "themes"),
    [
        ("lenteur", {"lenteur"}),
        ("Lenteur;  Prix ;lenteur", {"lenteur", "prix"}),
        ("service client|lenteur", {"service client", "lenteur"}),
        ('["lenteur", "prix"]', {"lenteur", "prix"}),
        ("[qualité d'accueil]", {"qualité d'accueil"}),
        (["Lenteur", "prix", None, ""], {"lenteur", "prix"}),
        ("", set()),
        (None, set()),
        (float("nan"), set()),
    ],
)
def test_themes_of_one_text(written, themes):
    assert themes_in(written) == themes


def test_capitals_make_no_other_theme_and_a_theme_counts_once_a_text():
    found = tally(
        rows("sentiment themes", ("negative", "Prix;prix"), ("negative", ["PRIX"])), {"PRIX": 2.5}
    )

    assert list(found) == ["prix"]
    assert found["prix"].value == exactly(5)
