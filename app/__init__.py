"""The desk's brain: rules, services, importers and printing. No Qt, no SQL, no HTTP."""
