"""Replays cases that others wrote, and says where our engine differs."""
