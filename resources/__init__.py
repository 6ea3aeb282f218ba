"""Words, fonts, icons, sounds, templates and default settings, reached through one loader."""
