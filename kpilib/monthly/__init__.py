"""The monthly run: notebooks in processes, pages, publication, index. Imported only when asked."""
