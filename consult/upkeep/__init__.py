"""What an installation needs to be kept running: backups, its health, its figures, and a look over everything."""
