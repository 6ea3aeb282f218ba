"""Files of other library systems turned into neutral records. Pure: no store, no window."""
