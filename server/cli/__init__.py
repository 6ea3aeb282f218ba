"""The server's command line: what each command takes and does. Its words stand in the resources (`words/server_…`)."""
