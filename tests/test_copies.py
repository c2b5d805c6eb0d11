"""An analyst's own copies of the notebooks: in her language, reading the same data."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from kpilib import cli
from kpilib.copies import copies
from kpilib.errors import ParameterError

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@pytest.fixture
def french(tmp_path):
    copies(NOTEBOOKS, tmp_path / "mine", "fr")
    return nbformat.read(tmp_path / "mine/03_emailing.ipynb", as_version=4)


def test_the_narrative_is_french_and_the_code_is_the_same(french):
    original = nbformat.read(NOTEBOOKS / "03_emailing.ipynb", as_version=4)
    ours, theirs = (
        [
            cell.source
            for cell in each.cells
            if "report" in cell.source and "lang" not in cell.source
        ]
        for each in (french, original)
    )
    said = [cell.source for cell in french.cells if cell.cell_type == "markdown"]

    assert ours and ours == theirs
    assert said[0].startswith("# E-mailing\u00a0: qui nous lit")
    assert not any("Do they open?" in each for each in said)


def test_the_copy_reads_the_data_that_the_notebook_reads(french, tmp_path, monkeypatch):
    (cell,) = [each for each in french.cells if "parameters" in each.metadata.get("tags", [])]
    told: dict[str, str] = {}
    exec(cell.source, told)
    monkeypatch.chdir(tmp_path / "mine")

    assert told["lang"] == "fr" and (Path(told["data"]) / "company.yaml").is_file()


def test_what_somebody_wrote_in_is_never_overwritten(tmp_path):
    copies(NOTEBOOKS, tmp_path, "en")

    with pytest.raises(ParameterError, match="somebody may have written in it"):
        copies(NOTEBOOKS, tmp_path, "en")


def test_the_command_lab_opens_the_copies(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    source = (NOTEBOOKS / "03_emailing.ipynb").read_bytes()
    (tmp_path / "notebooks/03_emailing.ipynb").write_bytes(source)
    opened = []
    monkeypatch.setattr("os.execv", lambda program, given: opened.append(given[3]))
    for _ in range(2):  # the second time they are there, and stay
        asked = ["lab", "--lang", "fr", "--notebooks", str(tmp_path / "notebooks")]
        assert CliRunner().invoke(cli.commands, asked).exit_code == 0

    assert opened == [str(tmp_path / "notebooks-fr")] * 2
    assert (tmp_path / "notebooks-fr/03_emailing.ipynb").is_file()


def test_the_command_notebooks_says_what_it_wrote(tmp_path):
    asked = ["notebooks", str(tmp_path / "fr"), "--lang", "fr", "--notebooks", str(NOTEBOOKS)]
    res = CliRunner().invoke(cli.commands, asked)

    assert res.exit_code == 0 and "03_emailing.ipynb" in res.output
