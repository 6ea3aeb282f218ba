"""Meja's front door: sets up what is missing, then starts the desk or a command.

Parses on any Python, also on those too old to run Meja, so that they can be told so in a sentence. Everything else
stands in `bootstrap`, which knows the standard library only and never imports a room of the desk.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def unsuitable(version):
    """The sentence for a Python that cannot run Meja, or None for one that can. `version` is (major, minor, ...)."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return None
    return (
        "Meja: perlu Python 3.11 sampai 3.14; ini Python {0}.{1}.\n"
        "      Meja needs Python 3.11 to 3.14; this is Python {0}.{1}. Try: python3.13 meja.py\n"
        "      (Windows: py -3.13 meja.py)\n"
    ).format(version[0], version[1])


def main():
    """Run the command line and return the exit code."""
    sentence = unsuitable(sys.version_info)
    if sentence is not None:
        sys.stderr.write(sentence)
        return 2
    from bootstrap.start import start

    return start(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
