"""Any period with a name can be published, beside those of its kind."""

from __future__ import annotations

import csv
import json

import nbformat
import pytest

from kpilib.errors import PeriodError
from kpilib.monthly import index
from kpilib.monthly.job import Places
from kpilib.monthly.run import run
from tests.show.test_twelve_tasks import webinars
from tests.worked import rows

PERIODS = {
    "2026-09": ("2026-09-01", "2026-09-30", 2),
    "2026-10": ("2026-10-01", "2026-10-31", 3),
    "2026-Q3": ("2026-07-01", "2026-09-30", 2),
    "2026-W41": ("2026-10-05", "2026-10-11", 3),
    "FY2026": ("2025-09-01", "2026-08-31", 4),
    "2025": ("2025-01-01", "2025-12-31", 1),
}  # visits counted by hand: 1 in November 2025, 3 in May, 2 in September, 3 in one week of October
DAYS = ["2025-11-03", *["2026-05-04"] * 3, *["2026-09-07"] * 2, *["2026-10-06"] * 3]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("periods") / "acme"
    (folder / "tables").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    (folder / "company.yaml").write_text(
        "name: Acme\nlang: [en]\nas_of: 2026-10-31\nfiscal_year_starts: 9\n"
    )
    visits = ((f"s{number}", day, "email") for number, day in enumerate(DAYS))
    rows("session_id started_at channel", *visits).to_parquet(folder / "tables/sessions.parquet")
    nbformat.write(webinars(), folder / "notebooks/09_webinars.ipynb")
    out = folder.parent / "reports"
    return {name: run(name, Places(folder, out), topics=["webinars"]) for name in PERIODS}


@pytest.mark.parametrize("name", PERIODS)
def test_a_period_has_its_folder_and_its_own_figure(published, name):
    made = published[name]
    first, last, visits = PERIODS[name]
    manifest = json.loads((made.folder / "run.json").read_text())
    with (made.folder / "figures.csv").open(encoding="utf-8") as lines:
        figures = {
            row["period"]: float(row["value"]) for row in csv.DictReader(lines) if row["value"]
        }

    assert made.exit_code == 0 and made.folder.name == name
    assert (manifest["first"], manifest["last"]) == (first, last)
    assert figures[name] == visits


def test_the_index_names_all_and_each_has_neighbours_of_its_kind(published):
    root = published["2026-10"].folder.parent
    listed = (root / "index.html").read_text()
    order = [f'href="{name}/index.html"' for name in index.manifests(root)]

    assert list(index.manifests(root)) == [
        "2025", "FY2026", "2026-09", "2026-Q3", "2026-W41", "2026-10",
    ]  # fmt: skip
    places = [listed.index(each) for each in order]
    assert places == sorted(places, reverse=True)  # the newest first
    october = (root / "2026-10/index.html").read_text()
    assert "../2026-09/index.html" in october and "2026-W41" not in october


def test_days_without_a_name_have_no_folder(tmp_path):
    with pytest.raises(PeriodError, match="A report is about a period with a name"):
        run(("2026-10-01", "2026-10-12"), Places(tmp_path))
