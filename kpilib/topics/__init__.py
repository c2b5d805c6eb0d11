"""The catalogue, one file a topic: each reads like a chapter, in the order a report shows it."""
