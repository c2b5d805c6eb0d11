"""One family of errors; messages say what was asked, what exists, and what was meant."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from kpilib import errors
from kpilib.errors import ContractError, KpilibError, UnknownName, listed
from kpilib.language import speaking
from kpilib.saying import meant, say

LEAVES = [
    leaf
    for leaf in vars(errors).values()
    if isinstance(leaf, type) and issubclass(leaf, KpilibError) and leaf is not KpilibError
]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_every_error_belongs_to_the_family_and_to_a_builtin_one(leaf):
    builtin = {base for base in leaf.__mro__ if base.__module__ == "builtins"}

    assert issubclass(leaf, KpilibError)
    assert builtin & {KeyError, ValueError, RuntimeError}


def test_unknown_name_is_a_key_error_that_prints_a_sentence_without_quotes():
    assert str(UnknownName("No KPI 'x'.")) == "No KPI 'x'."
    with pytest.raises(KeyError):
        raise UnknownName("No KPI 'x'.")


def test_an_error_without_text_prints_nothing():
    assert str(KpilibError()) == ""


class TestInJupyter:
    """An error shows the lines of whoever asked, not the way through the package."""

    @pytest.fixture
    def failed(self, capsys, monkeypatch):
        monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another one IPython warns
        shell = InteractiveShell.instance(colors="nocolor")

        def run(*cells):
            for cell in cells:
                shell.run_cell(cell)
            return capsys.readouterr().out

        yield run
        InteractiveShell.clear_instance()

    def test_the_cell_and_the_sentence_alone(self, failed):
        said = failed("import kpilib as kl", "def card(kpi):\n    return kl.kpi(kpi)\ncard('open')")
        steps = [line for line in said.splitlines() if line.startswith(("Cell", "File", "---->"))]
        assert steps == [
            "Cell In[1], line 3",
            "----> 3 card('open')",
            "Cell In[1], line 2, in card(kpi)",
            "----> 2     return kl.kpi(kpi)",
        ]
        assert "UnknownName: Unknown KPI 'open'. " in said
        assert "The above exception" not in said and "During handling" not in said

    def test_every_step_for_who_asks_for_them(self, failed):
        said = failed("import kpilib as kl", "%xmode Plain", "kl.kpi('open')")
        assert "catalogue.py" in said and "UnknownName: Unknown KPI 'open'. " in said


class TestMeant:
    def test_names_the_closest(self):
        assert meant("bounce", ["bounce_rate", "sessions"]) == " Did you mean 'bounce_rate'?"

    def test_says_nothing_when_nothing_is_close(self):
        assert meant("xyz", ["bounce_rate", "sessions"]) == ""

    def test_takes_names_that_are_not_text(self):
        assert meant("1", [1, 2]) == " Did you mean '1'?"


class TestListed:
    def test_joins_with_commas(self):
        assert listed(["a", "b"]) == "a, b"

    def test_says_nothing_for_an_empty_list(self):
        assert listed([]) == "nothing"


class TestContractError:
    def test_how_many_there_are_is_said_in_the_readers_language(self):
        with speaking("fr"):
            assert (
                str(ContractError(["a", "b"])) == "2 défauts dans les données\u00a0:\n  - a\n  - b"
            )
        assert str(ContractError(["a", "b"])) == "2 faults in the data:\n  - a\n  - b"

    def test_one_fault_is_the_message(self):
        err = ContractError(["file.csv: column date is missing."])

        assert str(err) == "file.csv: column date is missing."
        assert err.faults == ["file.csv: column date is missing."]

    def test_several_faults_are_counted_and_listed(self):
        err = ContractError(iter(["first fault.", "second fault."]))

        assert str(err) == "2 faults in the data:\n  - first fault.\n  - second fault."
        assert err.faults == ["first fault.", "second fault."]


def test_nothing_to_list_is_said_in_the_language_of_who_reads():
    text = "{kpi} cannot be explained by {by!r}. It can be by: {choices}.{near}"
    with speaking("fr"):
        said = say(text, kpi="x", by="y", choices=listed([]), near="")
    assert said.endswith("\u00a0: rien.") and listed([]) == "nothing"
