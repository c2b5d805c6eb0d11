"""The sample company: every table of a French training company over 26 months, drawn from one seed.

One module a domain, imported in the order in which one thing causes the next: visits give events,
events give
leads and newsletter sign-ups, sign-ups receive e-mails, clicks in e-mails give visits again.
`build.py` holds that
order; `table_schema.py` holds the columns; `../make_sample.py` is the command.
"""
