"""What every package agrees on: feature names, boxes, versions, and options."""
