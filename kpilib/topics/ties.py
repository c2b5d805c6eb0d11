"""Employees, who writes to whom: who is cut off, on whom the exchange rests, how dense it is.

Asked of a company that states what for and on which conditions (company.yaml, ``network``), and
withheld from every other one.
"""

from __future__ import annotations

from kpilib.definitions import Kpi, Method
from kpilib.measure import belonging

NEEDS = {
    "messages": "message_id sent_at sender_key recipient_key recipients_n is_bot",
    "employees": "employee_id hired_at left_at valid_from valid_to team",
}
WANTS = {"absences": "employee_id start_date end_date"}
STAFF = belonging("closing", "employees", "employee_id")
RULE = (
    "A tie is three messages each way in the period, between people who were present; what goes to"
    " more than 20 people at once and what bots write makes none."
)

KPIS = (
    Kpi(
        id="network_isolation_rate",
        label="Isolated people",
        question="Who is cut off?",
        formula="Staff present without a tie / staff present; a tie is three messages each way",
        unit="rate",
        better="lower",
        roll_up="R3",
        tier=2,
        value=Method(name="network_isolation", needs=NEEDS, wants=WANTS),
        by="team",
        base="people",
        interval="wilson",
        people=STAFF,
        protects="ties",
        reading=RULE,
        caveat="Written messages alone: who speaks with the others at the next desk looks isolated."
        " It starts a conversation with a team, never one about a person.",
        source="Degree 0 in the network of mutual ties; thresholds are a house rule.",
    ),
    Kpi(
        id="network_hubs",
        label="Concentration on hubs",
        question="On how few people does the exchange rest?",
        formula="Shortest paths between two others that lead past the foremost 5 % / past anybody",
        unit="rate",
        better="neutral",
        roll_up="R9",
        tier=2,
        value=Method(name="network_concentration", needs=NEEDS, wants=WANTS),
        base="people",
        people=STAFF,
        protects="ties",
        reading="The higher, the more breaks when a few people are away. Above 500 people it is"
        " estimated from the paths of 150 of them.",
        caveat="A hub connects others (betweenness) and is not whoever writes most (degree), nor"
        " whoever is close to the well connected (eigenvector).",
        source="Freeman (1977), betweenness; Krackhardt (1990) for a network where the three part.",
    ),
    Kpi(
        id="network_density",
        label="Network density",
        question="How closely do people work together?",
        formula="Ties / possible ties between the staff present, or within each team",
        unit="rate",
        better="higher",
        roll_up="R9",
        tier=2,
        value=Method(name="network_density", needs=NEEDS, wants=WANTS),
        base="people",
        people=STAFF,
        protects="ties",
        reading="Beside it stand the share of ties that lead to another team, and the part that"
        " comes back of what is written often.",
        caveat="It falls as a group grows: compare groups of one size, or the mean number of ties.",
        source="Wasserman and Faust (1994), Social Network Analysis.",
    ),
)
