"""Models as LiteRT (TFLite) files, for phones and small computers: `digits export`."""
