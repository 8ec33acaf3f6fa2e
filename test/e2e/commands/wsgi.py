"""The module that moving-from-app-runner.md names."""

from app import app

__all__ = ["app"]
