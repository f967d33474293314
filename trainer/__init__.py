"""The machinery of training, for any task: preprocessing, input, training, tuning, export."""
