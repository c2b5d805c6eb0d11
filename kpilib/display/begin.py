"""How a company without objectives begins."""

from __future__ import annotations

BEGIN_WORDS = {
    "why": "A figure without an objective says nothing. Write what the company wants to reach,"
    " and this page will say where it stands.",
    "pick": "Run kpilib pick: from what you want to reach and from the data that is there, it"
    " proposes at most four KPIs and an objective that is ready to paste.",
    "write": "Paste it into objectives.yaml in the company's folder, with a baseline, a target, a"
    " date and an owner.",
    "check": "Run kpilib check: it names what is missing or ambiguous, line by line.",
}
STEPS = ("pick", "write", "check")
