"""The circulation desk: one screen, one box. It renders `DeskView` values and sends intents to a `DeskPort`."""
