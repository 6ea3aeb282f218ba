"""The window's own small set of widgets. Each renders one part of the desk's view and knows no other widget."""
