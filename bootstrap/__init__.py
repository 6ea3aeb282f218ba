"""Sets Meja up on a bare machine. Standard library only; knows no room of the desk and is not in the frozen program."""
