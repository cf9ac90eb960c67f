"""Hostile questionnaires, expressions and answers, invented by Hypothesis: no crash, no hang, no cost beyond a bound.

In the suite each test tries the same few examples every time; ``MITSPRACHE_FUZZ=20000`` tries as many of each, others
every time.
"""
