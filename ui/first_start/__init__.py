"""The first start: how a library begins here, page by page."""
