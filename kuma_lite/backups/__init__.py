"""Backups: archives of everything a server keeps, made by hand or by schedule, and put back."""
