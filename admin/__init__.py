"""The web admin. Imports storage and dialogues, never bot."""
