"""What code says: files, their imports, and what their expressions stand for."""
