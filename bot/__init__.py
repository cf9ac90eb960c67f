"""Telegram in and out, and the local simulator. Imports storage and dialogues, never admin."""
