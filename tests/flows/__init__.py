"""Stories through the real command: a desk process over pipes, on good days and bad."""
