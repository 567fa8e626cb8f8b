"""Tag whole files: formats of other tools, input and output in parts, processes, Ray."""
