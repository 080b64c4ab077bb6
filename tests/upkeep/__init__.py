"""Keeping an installation: backups, health, figures, the look over everything."""
