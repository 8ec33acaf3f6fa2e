from flask import Blueprint, Response, abort, request, session
from flask.typing import ResponseReturnValue

from . import files, jobs
from .models import Order, db

VERSION = "1.0.0"

shop = Blueprint("shop", __name__)


@shop.get("/health")
def health() -> ResponseReturnValue:
    return {"status": "ok"}  # it asks nothing of the database: when that is down, new tasks do not help


@shop.get("/")
def home() -> ResponseReturnValue:
    session["visits"] = session.get("visits", 0) + 1
    return {"version": VERSION, "visits": session["visits"]}


@shop.get("/orders")
def orders() -> ResponseReturnValue:
    newest = db.session.execute(db.select(Order).order_by(Order.id.desc()).limit(20)).scalars()
    return [{"id": order.id, "item": order.item, "receipt": order.receipt} for order in newest]


@shop.post("/orders")
def order() -> ResponseReturnValue:
    item = request.form.get("item", "").strip()
    if not item:
        abort(400, "send the form field 'item'")
    new = Order(item=item)
    db.session.add(new)
    db.session.commit()
    jobs.write_receipt.delay(new.id)  # pyright: ignore[reportFunctionMemberAccess] Celery has no types
    return {"id": new.id}, 202


@shop.post("/orders/<int:order_id>/picture")
def upload(order_id: int) -> ResponseReturnValue:
    db.get_or_404(Order, order_id)
    files.save(f"pictures/{order_id}", request.files["picture"].stream)
    return {"id": order_id}, 201


@shop.get("/orders/<int:order_id>/<any(picture, receipt):kind>")
def download(order_id: int, kind: str) -> ResponseReturnValue:
    return Response(files.load(f"{kind}s/{order_id}"), mimetype="application/octet-stream")
