"""Rows that leave the house, one line a response: their columns, what is merged for small groups, and the formats.

A format is a writer over the same columns and cells (`admin.exports.columns`), so that all formats say the same.
"""
