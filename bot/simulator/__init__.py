"""A local Telegram: a Bot API server, residents who can be made to write and tap, and a chat page to see them.

For tests and for the demo; any bot that can set its API address talks to it unmodified. See docs/simulator.md.
"""
