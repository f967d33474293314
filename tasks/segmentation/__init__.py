"""The ink of a picture, pixel by pixel, and the box around all of it."""
