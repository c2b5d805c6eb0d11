"""The sample company: every table of a French training company over 26 months, drawn from one seed.

One module a domain, called by `build.py` in the order in which one thing causes the next: visits
give events, events give leads and newsletter sign-ups, sign-ups receive e-mails, clicks in e-mails
give visits again. `stories.yaml` declares what is planted for a reader to find, `draws.py` holds
the generators, `tables.py` the columns; `../make_sample.py` is the command.
"""
