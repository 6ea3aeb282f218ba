"""The desk window. The only room that knows Qt; it shows values and never touches the store."""
