"""Files and settings: what is read, checked, silenced, mended and remembered."""
