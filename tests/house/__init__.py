"""The set-up: decisions without a network, and real set-ups from a folder of wheels made on the spot."""
