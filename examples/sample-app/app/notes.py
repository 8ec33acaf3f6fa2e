"""Notes that visitors leave, in the database."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from .database import db
from .models import Note

MOST = 20

notes = Blueprint("notes", __name__)


@notes.get("/notes")
def newest() -> ResponseReturnValue:
    rows = db.session.scalars(select(Note).order_by(Note.id.desc()).limit(MOST))
    return {
        "notes": [{"id": row.id, "text": row.text, "written_at": row.written_at.isoformat()} for row in rows],
        "count": db.session.scalar(select(func.count()).select_from(Note)),
    }


@notes.post("/notes")
def write() -> ResponseReturnValue:
    text = request.form.get("text", "").strip()
    if not 0 < len(text) <= 280:
        abort(400, "send 1 to 280 characters in the form field 'text'")
    note = Note(text=text)
    db.session.add(note)
    db.session.commit()
    return {"id": note.id, "text": note.text}, 201


def init_app(app: Flask) -> None:
    app.register_blueprint(notes)
