"""Handing responses over to servers of ODK and KoboToolbox: which servers, what leaves, how it gets there."""
