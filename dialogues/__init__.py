"""What is said and asked: conversations as pure functions.

Knows no Telegram, no SQL, no network and no clock: time, randomness and ids come in as arguments, so the same
conversation runs in a test, in the terminal and in the bot.
"""
