"""A number: the digits in a picture from the left, and how many there are."""
