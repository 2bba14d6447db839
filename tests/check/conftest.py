"""Fixtures for the command."""

from tests.check.commands import check, folder, real

__all__ = ["check", "folder", "real"]
