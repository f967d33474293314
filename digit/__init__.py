"""What tasks that read one digit in a picture share, whatever else they ask of it."""
