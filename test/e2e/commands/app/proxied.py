"""The app with the lines of docs/front-door.md."""

from . import app
from .lines import add_lines

add_lines(app, "front-door.md", "ProxyFix")
