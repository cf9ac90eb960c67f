"""A stranger's hands on the bot: what they do, what they see, and the rules that hold whatever they do."""
