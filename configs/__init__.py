"""The configs that come with the project, as package data."""
