"""From measures, periods and groups to outcomes: one pass over each table, one division."""
