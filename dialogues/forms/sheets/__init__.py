"""From a spreadsheet (XLSForm) to an XForm: reading it safely, what is tolerated, and what is said about it.

Knows no answer and no chat. What comes out of it, `dialogues.forms` runs.
"""
