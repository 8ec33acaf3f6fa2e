"""In a task of the app: what is full drops keys or refuses new ones, and each client takes the URL as it is, with the certificate checked."""
import json
import os

import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from flask import Flask
from flask_caching import Cache
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from rq import Queue, SimpleWorker

CACHE, BROKER = os.environ["CACHE_URL"], os.environ["CELERY_BROKER_URL"]


def fill(url):
    """More than fits: what becomes of the first key and of the last."""
    client = redis.from_url(url)
    try:
        for number in range(40):
            client.set(f"key-{number}", b"x" * 1_000_000)
        return {"first": client.exists("key-0"), "last": client.exists("key-39")}
    except redis.exceptions.OutOfMemoryError:
        return {"first": client.exists("key-0"), "refused": True}
    finally:
        client.flushall()


def celery():
    # the broker is read by Celery itself
    app = Celery("shop", backend=CACHE)

    @app.task(name="add")
    def add(a, b):
        return a + b

    with start_worker(app, pool="solo", perform_ping_check=False):
        return add.delay(2, 3).get(timeout=20)


def rq():
    connection = redis.from_url(BROKER)
    queue = Queue(connection=connection)
    job = queue.enqueue(sum, [2, 3])
    SimpleWorker([queue], connection=connection).work(burst=True)
    return job.return_value(refresh=True)


def flask():
    app = Flask("shop")
    cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": CACHE})
    limiter = Limiter(get_remote_address, app=app, storage_uri=CACHE)

    @app.get("/")
    @limiter.limit("1 per minute")
    def index():
        return f"{cache.get('greeting')}"

    cache.set("greeting", "hello")
    client = app.test_client()
    return [client.get("/").text, client.get("/").status_code]


print("CACHES", json.dumps({
    "tls": CACHE.split(":")[0],
    "cache": fill(CACHE), "broker": fill(BROKER), "celery": celery(), "rq": rq(), "flask": flask(),
}), flush=True)
