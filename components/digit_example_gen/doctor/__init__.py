"""`digits doctor`: what is wrong with a folder of labelled pictures, without training on it."""
