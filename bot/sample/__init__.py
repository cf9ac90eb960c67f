"""The sample town of the demo: invented people who answer through the real engine. Touches no chat and no network."""
