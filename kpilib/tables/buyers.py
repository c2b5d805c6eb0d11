"""Those who buy, what they buy and ask for, and what they answer when they are asked."""

from __future__ import annotations

from kpilib.tables.contract import table

TABLES = (
    table(
        "customers",
        "one customer",
        """
        customer_id key personal; customer_kind enum(RH, individual, OPCO, other);
        first_order_at ts; acquisition_channel text; referred_by key personal; segment text
        """,
        key="customer_id",
        time="first_order_at",
        planned=True,
        aliases={"channel": "acquisition_channel"},  # of an order: the channel of its customer
    ),
    table(
        "orders",
        "one order line total",
        """
        order_id key; customer_id key personal; ordered_at ts; amount_ht EUR; margin_ht EUR;
        currency text;
        product_kind enum(intra, inter, elearning, product, subscription, donation, dues,
            affiliate);
        units int; status enum(paid, cancelled, refunded)
        """,
        key="order_id",
        time="ordered_at",
        links={"customer_id": "customers"},
    ),
    table(
        "support_tickets",
        "one request to customer service",
        """
        ticket_id key; customer_id key personal; opened_at ts; first_response_at ts later;
        resolved_at ts later; kind enum(simple, complex, complaint); is_complaint bool
        """,
        key="ticket_id",
        time="opened_at",
        links={"customer_id": "customers"},
    ),
    table(
        "survey_waves",
        "one survey x wave x group",
        """
        survey_id key; wave text;
        survey_kind enum(nps, csat, support, enps, engagement, training_reaction,
            training_application, content_quality, awareness, flow, poll);
        population text; group_key key describes; invited_n int describes min=0;
        population_n int describes min=0 absent=; opened_at ts; closed_at ts
        """,
        key="survey_id wave group_key",
        planned=True,
        time="closed_at",
        aliases={
            "team": "group_key",
            "customer_kind": "group_key",
            "training_id": "survey_id",
        },
    ),
    table(
        "survey_responses",
        "one respondent x item",
        """
        response_id key; survey_id key; wave text; respondent_key key personal;
        group_key key describes; item_id key absent=; dimension text; scale_min int absent=1;
        scale_max int absent=5; is_reversed bool absent=false; value float describes lenient;
        answered_at ts describes; subject_id key
        """,
        key="response_id",
        time="answered_at",
        links={"survey_id": "survey_waves"},
        aliases={
            "team": "group_key",
            "customer_kind": "group_key",
            "training_id": "subject_id",
        },
    ),
)  # fmt: skip
