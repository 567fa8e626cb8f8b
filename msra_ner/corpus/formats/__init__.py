"""The formats of a corpus, one module each: how a file is recognised, read and written."""
