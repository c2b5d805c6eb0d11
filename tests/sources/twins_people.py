"""Exports of HR, learning, collaboration and accounting tools, with the traps of the real ones.

Every name, number and address is invented.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import polars as pl

from kpilib.sources.context import Context
from kpilib.sources.convert import Understood, convert
from kpilib.sources.decode import Content
from kpilib.sources.files import blocks
from kpilib.sources.preset import presets
from kpilib.sources.recognise import recognise

SECRET = b"a key of the tests"
DAYS = ("iso",)


def context(**told: str) -> Context:
    """What files are read with."""
    return Context(zone=ZoneInfo("Europe/Paris"), currency="EUR", secret=SECRET, told=told)


def read(
    data: bytes | str, name: str = "export.csv", told: dict[str, str] | None = None
) -> tuple[pl.DataFrame, Understood]:
    """Recognise and convert the first table of a file."""
    data = data.encode() if isinstance(data, str) else data
    block = next(iter(blocks(Content(name=name, data=data))))
    match = recognise(block, presets())
    assert match is not None, block.header
    return convert(block, *match, context(**(told or {})))


# A French HR tool: no-break spaces, decimal comma and percent, leading zeros, personal columns.
EMPLOYEES_FR = """\
Matricule;Nom;Prénom;Sexe;Date de naissance;Date d’entrée;Date de sortie;Motif de sortie;\
Type de contrat;Temps de travail;Horaire hebdomadaire;Service;Manager
0015;Alpha;Ada;F;02/03/1980;01/02/2020;;;CDI;80\u00a0%;28;Ventes;0016
0016;Bravo;Bo;H;02/03/1981;01/03/2020;;;CDI;100 %;35;Ventes;
15;Carat;Cy;1;02/03/1982;15/01/2021;15/06/2025;Démission;CDI;0,8;28;Production;0016
0018;Delta;Di;2;02/03/1983;01/02/2021;30/06/2025;Fin de CDD;CDD;Temps plein;35;Production;0016
0019;Echo;Eo;F;02/03/1984;11/06/2025;;;CDI;1;35;Production;0016
0020;Fox;Fa;H;02/03/1985;01/04/2021;;;Alternance;100 %;35;Ventes;0016
0021;Golf;Gi;F;02/03/1986;01/04/2022;;;CDI;100 %;35;"Ventes
Production";0016
0022;Hotel;Ho;F;02/03/1987;01/04/2022;;;CDI;100 %;35;Ventes;0016
0023;India;In;H;02/03/1988;01/04/2022;;;CDI;100 %;35;Ventes;0016
"""
