"""Puts the rooms together and holds no logic of its own: settings, the files that come with us, and what serves.

A module each for the commands that serve: `serve`, `demo`, `simulator`. What stands against a start is raised as
``click.ClickException``, to be read by whoever typed the command.
"""
