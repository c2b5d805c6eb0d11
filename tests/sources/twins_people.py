"""Exports of HR, learning, collaboration and accounting tools, with the traps of the real ones.

Every name, number and address is invented.
"""

from __future__ import annotations

import io
import json
import zipfile
from zoneinfo import ZoneInfo

import polars as pl

from kpilib.sources.context import Context
from kpilib.sources.convert import Understood, convert
from kpilib.sources.downloads import blocks
from kpilib.sources.incoming import recognise
from kpilib.sources.preset import presets
from tests.sources.held import Held

SECRET = b"a key of the tests"


def context(**told: str) -> Context:
    """What files are read with."""
    return Context(zone=ZoneInfo("Europe/Paris"), currency="EUR", secret=lambda: SECRET, told=told)


def read(
    data: bytes | str, name: str = "export.csv", told: dict[str, str] | None = None
) -> tuple[pl.DataFrame, Understood]:
    """Recognise and convert the first table of a file."""
    data = data.encode() if isinstance(data, str) else data
    block = next(iter(blocks(Held(name=name, data=data))))
    match = recognise(block, presets().values())
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

# Lucca, generic file: only approved rows count, a negative row corrects the one with its days.
LUCCA = """\
legalEntity,employeeNumber,lastName,firstName,accountID,startDate,flagStartDate,endDate,\
flagEndDate,nbHours,isApproved
ACME,0015,Alpha,Ada,Maladie,02/06/2025,AM,04/06/2025,PM,21,oui
ACME,0016,Bravo,Bo,Maladie,05/06/2025,PM,05/06/2025,PM,"3,5",oui
ACME,0016,Bravo,Bo,Congés payés,10/06/2025,AM,11/06/2025,PM,14,non
ACME,0017,Carat,Cy,Congés payés,16/06/2025,AM,20/06/2025,PM,35,oui
ACME,0018,Delta,Di,Maladie,23/06/2025,AM,24/06/2025,PM,14,oui
ACME,0018,Delta,Di,Maladie,23/06/2025,AM,24/06/2025,PM,-14,oui
ACME,0019,Echo,Eo,Télétravail,23/06/2025,AM,24/06/2025,PM,14,oui
"""

# Payroll: one row per day or half day.
PAYROLL = """\
Matricule;Nom;Motif;Date;Demi-journée
0015;Alpha;Maladie;02/06/2025;Journée
0015;Alpha;Maladie;03/06/2025;Matin
0015;Alpha;Maladie;03/06/2025;Après-midi
0015;Alpha;Maladie;04/06/2025;Journée
0015;Alpha;Maladie;05/06/2025;Matin
0016;Bravo;Maladie;06/06/2025;Journée
0016;Bravo;Maladie;10/06/2025;Journée
0017;Carat;Congés payés;16/06/2025;Journée
"""


# A ledger as Odoo writes it: padded amounts, a space before; a time in ValidDate.
FEC_HEAD = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|"
    "PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
    "Idevise\n"
)


def fec(separator: str = "|") -> str:
    """Four entries that balance, three of them with costs of training."""
    lines = [
        # journal, entry, day, account, debit, credit
        ("AC", "1", "20250113", "618500", " 000000000001200,50", " 000000000000000,00"),
        ("AC", "1", "20250113", "44566", " 000000000000240,10", " 000000000000000,00"),
        ("AC", "1", "20250113", "401000", " 000000000000000,00", " 000000000001440,60"),
        ("OD", "1", "20250131", "633300", "500,00", "0,00"),
        ("OD", "1", "20250131", "437000", "0,00", "500,00"),
        ("AC", "2", "20250214", "401000", "200,50", ""),
        ("AC", "2", "20250214", "618500", "", "200,50"),
        ("AC", "3", "20250120", "622800", "800,00", "0,00"),
        ("AC", "3", "20250120", "401000", "0,00", "800,00"),
    ]
    rows = [
        f"{journal}|Achats é|{entry}|{day}|{account}|Libellé||Zoé Alpha|P1|{day}|Séminaire Zoé|"
        f"{debit}|{credit}|||{day} 10:00:00||\n"
        for journal, entry, day, account, debit, credit in lines
    ]
    return (FEC_HEAD + "".join(rows)).replace("|", separator)


def fec_signed() -> str:
    """The same ledger with an amount and a side."""
    rows = []
    for line in fec().splitlines()[1:]:
        cells = line.split("|")
        debit, credit = cells[11].strip(), cells[12].strip()
        is_debit = any(digit in debit for digit in "123456789")
        cells[11:13] = [debit, "D"] if is_debit else [credit, "C"]
        rows.append("|".join(cells) + "\n")
    return FEC_HEAD.replace("Debit|Credit", "Montant|Sens") + "".join(rows)


def slack(folder: str = "") -> bytes:
    """A Slack export: two public channels and a direct message, three days."""

    def said(user: str, ts: str, text: str = "secret words", **more: object) -> dict:
        return {"type": "message", "user": user, "ts": ts, "text": text, **more}

    files = {
        "channels.json": [{"id": "C1", "name": "general"}, {"id": "C2", "name": "help"}],
        "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
        "users.json": [{"id": "U1", "name": "ada", "profile": {"email": "ada@acme.example"}}],
        "integration_logs.json": [],
        "canvases.json": [],
        "general/2025-06-02.json": [
            said("U9", "1748851100.000100", subtype="channel_join"),
            # two messages in one microsecond of each other: the ids differ in the last digit
            said("U1", "1748851200.000001", "hello <@U2> <@U2|bo>", thread_ts="1748851200.000001"),
            said("U2", "1748851200.000002"),
            said("B1", "1748851300.000000", bot_id="B1"),
            said("U7", "1748851300.000001", subtype="bot_message"),
        ],
        "general/2025-06-03.json": [
            said("U2", "1748937600.000000", thread_ts="1748851200.000001", parent_user_id="U1"),
            said(
                "U3",
                "1748937700.123456",
                thread_ts="1748851200.000001",
                parent_user_id="U1",
                subtype="thread_broadcast",
                reactions=[
                    {"name": "tada", "users": ["U1", "U2"], "count": 2},
                    {"name": "eyes", "users": ["U1"], "count": 1},
                ],
            ),
        ],
        "help/2025-06-03.json": [],
        "help/2025-06-04.json": [
            said("U4", "1749024000.000000"),
            said("U5", "1749024001.000000"),
            said("U6", "1749024002.000000", subtype="tombstone"),
        ],
        "mpdm-ada--bo-1/2025-06-04.json": [said("U1", "1749024009.000000")],
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, records in files.items():
            archive.writestr(folder + name, json.dumps(records))
    return made.getvalue()


# Moodle: newest first, two digits of a year, the only ids inside the description.
MOODLE_LOGS = """\
Time,User full name,Affected user,Event context,Component,Event name,Description,Origin,IP address
"03/06/25, 10:05",Zoé Alpha,-,Forum: Help,Forum,Post created,"The user with id '59' has created \
the post with id '12' in the discussion with id '7' in the forum with course module id '9'.",web,\
192.0.2.1
"03/06/25, 10:01",Bo Bravo,-,Forum: Help,Forum,Discussion created,"The user with id '58' has \
created the discussion with id '7' in the forum with course module id '9'.",web,192.0.2.2
"23/01/25, 12:09",Bo Bravo,-,Course: Safety,System,Course viewed,"The user with id '58' viewed the \
course with id '3'.",web,192.0.2.2
"23/01/25, 12:09",Bo Bravo,-,Course: Safety,System,Course viewed,"The user with id '58' viewed the \
course with id '3'.",web,192.0.2.2
"22/01/25, 08:00",-,-,System,System,Task failed,"The user with id '-1' failed a task.",cli,
"22/01/25, 07:00",Bo Bravo,-,Course: Safety,System,User graded,"The user with id '58' updated the \
grade.",web,192.0.2.2
"""


def xapi() -> list[dict]:
    """Statements about one training: seven people start, five end it."""

    def said(person: int, verb: str, day: str, name: str, **result: object) -> dict:
        return {
            "id": f"s{name}",
            "actor": {"mbox": f"mailto:p{person}@acme.example", "name": f"Person {person}"},
            "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
            "object": {"id": "https://lms.example/safety"},
            "result": result,
            "timestamp": f"2025-06-{day}T22:30:00Z",
        }

    people = [said(n, "terminated", "02", f"a{n}", duration="PT1H2M") for n in range(1, 8)]
    ends = [
        said(n, "passed", "03", f"b{n}", completion=True, success=True, duration="PT2H",
             score={"scaled": 0.9})
        for n in range(1, 6)
    ]  # fmt: skip
    voided = said(6, "completed", "04", "c6", completion=True)
    voids = said(6, "voided", "05", "d6") | {"object": {"objectType": "StatementRef", "id": "sc6"}}
    again = said(1, "terminated", "04", "e1", duration="PT28M")
    return [*people, *ends, voided, voids, again, people[0]]


def moodle_grades() -> str:
    """Eight people, a test before and a test after; a dash is no grade."""
    rows = [
        f'P{n},Alpha,p{n}@acme.example,00{n},{before},"{after}",50.00,1750000000'
        for n, before, after in (
            (1, "10.00", "15.00"), (2, "8.00", "14.00"), (3, "12.00", "16.00"),
            (4, "9.00", "11.00"), (5, "7.00", "13.00"), (6, "14.00", "15.00"),
            (7, "-", "18.00"), (8, "11.00", "-"),
        )
    ]  # fmt: skip
    head = (
        "First name,Last name,Email address,ID number,Quiz: Test 1 (Real),Quiz: Test 2 (Real),"
        "Course total (Real),Last downloaded from this course"
    )
    return "\n".join([head, *rows]) + "\n"


MOODLE_COMPLETIONS = """\
"",Email address,Final test,Final test - Completion date,Film,Film - Completion date
Zoé Alpha,zoe@acme.example,Completed (achieved pass grade),"Thursday, 12 June 2025, 10:00 AM",\
Completed,"Monday, 2 June 2025, 09:00 AM"
Bo Bravo,bo@acme.example,Not completed,,Completed,"Monday, 2 June 2025, 09:30 AM"
"""
