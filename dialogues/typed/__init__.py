"""What a resident types instead of tapping: numbers, dates and words, in any script and in our six languages."""
