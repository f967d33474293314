"""What every package agrees on: feature names, boxes, and how options are declared."""
