"""What a page tells a user to add to the app."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[4] / "docs"


def add_lines(app, page, word):
    """Run the block of a page that has a word in it."""
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    [block] = [text for text in blocks if word in text]
    exec(block, {"app": app})
