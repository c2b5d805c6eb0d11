"""What a reader sees: charts, tables and pages, each made from a frame of figures."""
