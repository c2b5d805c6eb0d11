"""Options that several commands have: folders, languages, parts of a company, notebooks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from kpilib.files import file_in
from kpilib.language import LANGUAGES, language_of, speaking
from kpilib.saying import error_of

SAMPLE = "data/sample"
PACKAGE = Path(__file__).resolve().parent
# The notebooks that came with kpilib: in a wheel inside the package, in the repository beside it.
OURS = PACKAGE / "notebooks" if (PACKAGE / "notebooks").is_dir() else PACKAGE.parent / "notebooks"


def _spoken(context: click.Context, _option: object, data: Path) -> Path:
    """Say what is refused in the language of the company, as long as the command runs."""
    context.with_resource(speaking(language_of(data)))
    return data


def _first_spoken(context: click.Context, _option: object, data: tuple[Path, ...]) -> Any:
    _spoken(context, _option, data[0])
    return data


of_company = partial(
    click.option,
    "--data",
    type=click.Path(path_type=Path),
    default=SAMPLE,
    show_default=True,
    help="Folder of the company.",
)
data_option = of_company()
spoken_data_option = of_company(callback=_spoken)
companies_option = of_company(
    callback=_first_spoken,
    multiple=True,
    default=(SAMPLE,),
    help="Folder of the company; may be repeated, for several companies.",
)


def _no_file(_context: object, _option: object, out: Path) -> Path:
    """Refuse a file, and what would lie in one, before anything heavy begins."""
    if (file := file_in(out)) is not None:
        raise error_of(click.BadParameter, "{out!r} is a file; write a folder.", out=str(file))
    return out


out_option = click.option(
    "--out",
    callback=_no_file,
    type=click.Path(path_type=Path),
    default="reports",
    show_default=True,
    help="Where reports are published, in a folder a company.",
)
lang_option = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)


def _declared(_context: object, _option: object, data: Path | None) -> dict[str, Any]:
    """Return the KPIs that a company's kpis.yaml declares."""
    from kpilib.answers.own import read_kpis
    from kpilib.files import require_folder

    if data is not None:
        require_folder(data)
    return read_kpis(data)


own_option = click.option(
    "--data",
    "own",
    type=click.Path(path_type=Path),
    callback=_declared,
    help="Folder of a company, whose kpis.yaml declares more.",
)


def pairs(_context: object, _option: object, given: tuple[str, ...]) -> dict[str, list[str]]:
    """Read ``channel=email`` into the groups of each column."""
    found: dict[str, list[str]] = {}
    for each in given:
        name, split, value = each.partition("=")
        if not split or not name:
            raise click.BadParameter(f"{each!r} is not COLUMN=VALUE, such as channel=email.")
        found.setdefault(name, []).append(value)
    return found


def _one_part(context: object, option: object, given: tuple[str, ...]) -> dict[str, list[str]]:
    found = pairs(context, option, given)
    if len(found) > 1:
        raise click.BadParameter(
            f"a part has one column, such as campus=Lyon campus=Paris; found {' and '.join(found)}."
        )
    return found


part_option = click.option(
    "--where",
    multiple=True,
    callback=_one_part,
    metavar="COLUMN=VALUE",
    help="Only a part of the company, such as campus=Lyon; may be repeated with its column.",
)


def notebooks_option(*names: str, below: str = "", help: str) -> Callable[[Any], Any]:
    """Add the option of a folder of notebooks: those here, or else those that came with kpilib."""

    def chosen(_context: object, _option: object, given: Path | None) -> Path:
        here = Path("notebooks", below)
        if given is None:
            return here if any(here.glob("*.ipynb")) else OURS / below
        if not given.is_dir():
            raise click.BadParameter(f"there is no folder {str(given)!r}.")
        return given

    said = f"{help}  [default: notebooks, or else those that came with kpilib]"
    kind = click.Path(path_type=Path)
    return click.option(*names, type=kind, callback=chosen, help=said)
