"""Everything inside the model: preprocessing, input, networks, losses, training, export."""
