"""What desks and the server say to each other: forms, limits, signatures. Pure; knows neither network nor store."""
