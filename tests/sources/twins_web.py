"""Synthetic twins of web exports: the shape and the traps of real ones, invented values."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from kpilib.sources.context import Context
from kpilib.sources.convert import Understood, convert
from kpilib.sources.downloads import blocks, contents
from kpilib.sources.incoming import recognise
from kpilib.sources.preset import presets

REAL = Path(__file__).parents[3] / "shared" / "exports"


@dataclass
class Read:
    """What came of one table of a file."""

    frame: pl.DataFrame
    understood: Understood
    spans: list = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.understood.table.id


def real(name: str) -> Path:
    """Return a real export; the test is skipped where there is none."""
    path = REAL / name
    if not path.exists():
        pytest.skip("real exports are not here")
    return path


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file as a tool would."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def read(
    path: Path, preset: str, currency: str = "EUR", facts: dict | None = None, **told: str
) -> list[Read]:
    """Read every table of a file, which must all be of one preset."""
    done = []
    for content in contents(path):
        for block in blocks(content):
            context = Context(
                zone=ZoneInfo("Europe/Paris"),
                currency=currency,
                secret=lambda: b"a key that is long enough",
                told={name.replace("_", " "): answer for name, answer in told.items()},
                facts=facts or {},
            )
            found = recognise(block, presets().values())
            assert found is not None, block.header
            assert found[0].id == preset
            frame, understood = convert(block, *found, context)
            done.append(Read(frame, understood, context.spans))
    return done


def company(folder: Path, currency: str = "EUR") -> Path:
    """Make a company's folder."""
    (folder / "tables").mkdir(parents=True)
    settings = f"name: Site\ntimezone: Europe/Paris\ncurrency: {currency}\n"
    (folder / "company.yaml").write_text(settings, encoding="utf-8")
    return folder


def zipped(members: dict[str, str]) -> bytes:
    """Return a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return made.getvalue()


def ga4(table: str, title: str = "Traffic acquisition", days: str = "20260901 20260930") -> str:
    """Return a GA4 report in English."""
    first, last = days.split()
    dashes = "# ----------------------------------------"
    above = [dashes, f"# {title}", "# Account: Site", "# Property: site.example", dashes, "#  "]
    above += ["# All Users", f"# Start date: {first}", f"# End date: {last}"]
    return "\r\n".join([*above, *table.strip().splitlines(), ""])


CHANNEL = "Session primary channel group (Default channel group)"
TRAFFIC = ga4(
    f"""
{CHANNEL},Total users,Sessions,Engaged sessions,Average engagement time per session,Views,Key events
Direct,80,100,40,20.5,150,3
Organic Search,50,60,45,33.25,180,5
AI Assistant,2,4,0,1.5,4,0
(not set),1,1,1,3,2,0
"""
)
TRAFFIC_FR = ga4(
    """
Groupe de canaux principal de la session (groupe de canaux par défaut),Utilisateurs actifs,\
Sessions,Sessions avec engagement,Durée d’engagement moyenne par session
Direct,80,100,40,20.5
Organic Search,50,60,45,33.25
"""
).replace("Start date:", "Date de début\u00a0:")
BY_DAY = ga4(
    """
Date,Sessions,Engagement rate,Views
20260903,10,0.3,12
20260901,20,0.45,40
"""
)
SNAPSHOT_ES = (
    """# ----------------------------------------
# Exportar informe en formato CSV
# Cuenta: Site
# Propiedad: site.example
# ----------------------------------------
#\x20
# Fecha de inicio: 20260901
# Fecha de finalización: 20260930
Día\u00a0N,Usuarios
0000,3
0001,0

# Fecha de inicio: 20260901
# Fecha de finalización: 20260930
Día\u00a0N,Total de ingresos


# ¿De dónde proceden los nuevos usuarios?
# Fecha de inicio: 20260901
# Fecha de finalización: 20260930
Primer grupo de canales predeterminado del usuario,Usuarios nuevos
Direct,16
Organic Search,1

#\x20
# Fecha de inicio: 20260901
# Fecha de finalización: 20260930
Grupo de canales predeterminado de la sesión,Sesiones
Direct,27
Organic Search,1

# ¿Cómo retiene a los usuarios?
# Fecha de inicio: 20260816
# Fecha de finalización: 20260929
Fecha,Semana 0,Semana 1,Semana 2
16 ago - 22 ago,5,2,-1
23 ago - 29 ago,4,-1,-1

#\x20
# Fecha de inicio: 20260901
# Fecha de finalización: 20260930
Título de página y clase de pantalla,Vistas
Curso #1 gratis,37
Inicio,9
"""
).replace("\n", "\r\n")
EXPLORATION = """# ----------------------------------------
# site.example
# Free form 1
# 20260901-20260930
# ----------------------------------------

Nth day,Session source / medium,Sessions,Engaged sessions,Views
,,30,17,61,Grand total
0000,google / organic,12,9,30
0000,(direct) / (none),8,3,11
0029,newsletter / email,10,5,20
"""

SEARCH_DAYS = """Date,Clics,Impressions,CTR,Position
2026-09-03,5,100,5%,12.5
2026-09-02,0,20,0%,30
2026-09-01,7,80,8.75%,3"""
SEARCH_FILTERS = "Filtre,Valeur\nType de recherche,Web\nDate,Les 3\u00a0derniers mois"
SEARCH_ZIP = {
    "Dates.csv": SEARCH_DAYS,
    "Requêtes.csv": "Requêtes les plus fréquentes,Clics,Impressions,CTR,Position\nkpi,5,90,5.56%,2",
    "Pages.csv": "Pages les plus populaires,Clics,Impressions,CTR,Position\n"
    "https://site.example/,9,250,3.6%,9",
    "Pays.csv": "Pays,Clics,Impressions,CTR,Position\nFrance,12,200,6%,10",
    "Appareils.csv": "Appareil,Clics,Impressions,CTR,Position\nMobile,8,150,5.33%,9\n"
    "Ordinateur,4,50,8%,13",
    "Apparence dans les résultats de recherche.csv": "Apparence dans les résultats de recherche,"
    "Clics,Impressions,CTR,Position\nVidéos,1,9,11.11%,4",
    "Filtres.csv": SEARCH_FILTERS,
}

ADS_HEADER = (
    "Campaign status,Campaign,Budget,Currency code,Optimization score,Campaign type,Clicks,Impr.,"
    "CTR,Cost,Search impr. share,Conversions"
)
ADS = f"""Campaign report
"September 1, 2026 - September 30, 2026"
{ADS_HEADER}
Enabled,Courses,50.00,EUR, --,Search,264,"9,380",2.81%,1164.09,< 10%,25.00
Enabled,Videos,10.00,EUR,48.90,Demand Gen,12,"1,020",1.18%,"1,286.58", --,0.50
Total: Campaigns, --, --,EUR, --, --,276,"10,400",2.65%,"2,450.68",< 10%,25.50
Total: Account,,,EUR,,,276,"10,400",2.65%,"2,450.68",< 10%,25.50
Total: Search,,,EUR,,Search,264,"9,380",2.81%,1164.09,< 10%,25.00
"""
ADS_DAYS_TABS = (
    "Campaign report\n1 September 2026 - 30 September 2026\n"
    "Day\tCampaign\tCurrency code\tDevice\tClicks\tImpr.\tCost\n"
    "2026-09-01\tCourses\tEUR\tMobile\t4\t90\t5.00\n"
    "2026-09-01\tCourses\tEUR\tComputers\t6\t110\t7.50\n"
    "2026-09-02\tCourses\tEUR\tMobile\t1\t10\t1.25\n"
    "Total: Campaigns\t --\tEUR\t --\t11\t210\t13.75\n"
)
ADS_FR = """Rapport sur les campagnes
1 septembre 2026 - 30 septembre 2026
Campagne,Code de devise,Clics,Impr.,CTR,CPC moy.,Coût,Conversions
Formations,EUR,264,9\u202f380,"2,81 %","1,38","1\u202f365,22","25,00"
Vidéos,EUR,12,1\u202f020,"1,18 %","0,50","6,00","0,00"
Total : compte, --,276,10\u202f400,"2,65 %","1,34","1\u202f371,22","25,00"
"""

MATOMO_DAYS = """date,nb_uniq_visitors,nb_users,nb_visits,nb_actions,nb_visits_converted,\
bounce_count,sum_visit_length,max_actions,bounce_rate,nb_actions_per_visit,avg_time_on_site
2026-09-01,8,0,10,25,1,4,542,9,40%,2.5,54
2026-09-02,5,0,6,6,0,6,60,1,100%,1,10
"""
MATOMO_FR = """Date,Visiteurs uniques,Visites,Actions,Rebonds,Taux de rebond
2026-09,40,60,130,15,25\u00a0%
"""


def utf16(text: str) -> bytes:
    """Return a text as Windows programs save it."""
    return b"\xff\xfe" + text.encode("utf-16-le")


FIREFOX = "Mozilla/5.0 (X11) Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows) Chrome/140.0"
OWN = "https://www.site.example"


def logged(
    at: str, request: str, status: int, agent: str, before: str = "-", host: str = "203.0.113.5"
) -> str:
    """Return a line of a log in the combined format; `at` is a time of 1 September 2026."""
    asked = f"{request} HTTP/1.1"
    size = "-" if status == 304 else "5120"
    when = f"01/Sep/2026:{at} +0200"
    return f'{host} - - [{when}] "{asked}" {status} {size} "{before}" "{agent}"\n'


TAGS = "utm_source=news&utm_medium=email&utm_campaign=autumn"
LOG = "".join(
    [
        logged("10:00:00", f"GET /courses?{TAGS}", 200, FIREFOX),
        logged("10:00:01", "GET /style.css", 200, FIREFOX, f"{OWN}/courses"),
        logged("10:30:00", "GET /prices.html", 304, FIREFOX, f"{OWN}/courses"),
        logged("11:00:01", "GET /", 200, FIREFOX, f"{OWN}/prices.html"),
        logged("10:00:00", "GET /", 200, "Mozilla/5.0 (iPhone)", "https://www.google.com/"),
        logged("12:00:00", "GET /", 200, "(compatible; Googlebot/2.1)", host="198.51.100.7"),
        logged("12:00:00", "GET /missing", 404, CHROME, host="198.51.100.8"),
        logged("12:00:05", "POST /login", 200, CHROME, host="198.51.100.8"),
    ]
)


def event(name: str, at: int, user: str | None = "u1", **more: object) -> dict:
    """Return a GA4 event as BigQuery exports it; `at` is in seconds of 1 September 2026, UTC.

    Other arguments are parameters, but for those that begin with ``top_``.
    """
    params = []
    for key, given in more.items():
        if not key.startswith("top_"):
            kind = "int_value" if isinstance(given, int) else "string_value"
            params.append({"key": key, "value": {kind: given}})
    made = {
        "event_date": "20260901",
        "event_timestamp": (1_788_220_800 + at) * 1_000_000,
        "event_name": name,
        "event_params": params,
        "user_pseudo_id": user,
        "geo": {"country": "France"},
    }
    return made | {key.removeprefix("top_"): given for key, given in more.items()
                   if key.startswith("top_")}  # fmt: skip


def clicked(source: str, medium: str, campaign: str = "(not set)") -> dict:
    """Return where a session came from, as new exports say it."""
    way = {"source": source, "medium": medium, "campaign_name": campaign}
    return {"manual_campaign": way}


def lines(*events: dict) -> str:
    """Return events as JSON lines."""
    return "".join(json.dumps(each) + "\n" for each in events)
