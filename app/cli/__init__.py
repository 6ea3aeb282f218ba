"""The command line: one module a command, all behind `app.__main__`."""
