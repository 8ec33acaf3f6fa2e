"""In a task of the app: the Python of docs/data-recipes.md as it stands, each block by what it promises. RECIPES has the blocks by their headings."""
import json
import os
import smtplib
import time

import boto3
import sqlalchemy
from celery import Celery
from celery.contrib.testing.worker import start_worker
from flask import Flask, session
from flask_mail import Mail
from flask_session import Session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, NullPool, create_engine, text

RECIPES = json.loads(os.environ["RECIPES"])
url = sqlalchemy.make_url(os.environ["DATABASE_URL"]).set(username=os.environ["PGUSER"], password=os.environ["PGPASSWORD"])
master = create_engine(url, isolation_level="AUTOCOMMIT")


def run(heading, **given):
    """The names that the blocks below a heading define. What they import and are given stands at the top of this file."""
    names = {**globals(), **given}
    for block in RECIPES[heading]:
        exec(block, names)
    return names


def ask(engine, statement):
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar()


def aurora():
    """Connections that stay open after use: with the pool of SQLAlchemy one, and the database never pauses."""
    def stay(engine):
        with engine.connect() as connection:
            pid = connection.execute(text("select pg_backend_pid()")).scalar()
        for _ in range(100):
            if not (alive := ask(master, f"select count(*) from pg_stat_activity where pid = {pid}")):
                break
        return alive
    return {"recipe": stay(run("Aurora that sleeps")["engine"]), "default": stay(create_engine(url))}


def proxy():
    """Prepared statements, which pin a connection of the proxy."""
    def prepared(engine):
        with engine.connect() as connection:
            for number in range(20):
                connection.execute(text("select :number"), {"number": number})
            return connection.execute(text("select count(*) from pg_prepared_statements")).scalar() > 0
    return {"recipe": prepared(run("A proxy")["engine"]), "default": prepared(create_engine(url))}


def replica():
    os.environ.update(REPLICA_USER=url.username, REPLICA_PASSWORD=url.password, REPLICA_HOST=url.host, REPLICA_PORT=str(url.port), REPLICA_NAME=url.database)
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    run("A replica to read from", app=app)
    db = SQLAlchemy(app)
    with app.app_context():
        return ask(db.engines["replica"], "select current_user") == url.username


def iam():
    """A token is the password of a role for a moment, as RDS has it."""
    os.environ.update(SIGNED_HOST=url.host, SIGNED_PORT=str(url.port), SIGNED_USER="shop")
    ask_master = master.raw_connection()
    ask_master.cursor().execute("drop role if exists shop; create role shop login")

    class Signs:
        def client(self, service):
            return self if service == "rds" else boto3.client(service)

        def generate_db_auth_token(self, *arguments):
            token = boto3.client("rds").generate_db_auth_token(*arguments)
            assert token.startswith(f"{url.host}:{url.port}/?Action=connect&DBUser=shop"), token
            ask_master.cursor().execute(f"alter role shop password '{token}'")
            return token

    engine = create_engine(url.set(username="shop", password=None), poolclass=NullPool)
    del os.environ["PGPASSWORD"]
    run("Sign-in by IAM", engine=engine, boto3=Signs())
    return ask(engine, "select current_user")


def sessions():
    os.environ["SESSION_TABLE"] = "sessions"
    boto3.client("dynamodb").create_table(
        TableName="sessions", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
    )
    app = Flask("shop")
    run("Sessions in DynamoDB", app=app)

    @app.get("/")
    def count():
        session["visits"] = session.get("visits", 0) + 1
        return str(session["visits"])

    client = app.test_client()
    return [client.get("/").text, client.get("/").text, boto3.client("dynamodb").scan(TableName="sessions")["Count"]]


def mail():
    boto3.client("sesv2").create_email_identity(EmailIdentity="shop.example.com")
    os.environ.update(MAIL_SERVER="email-smtp.us-east-1.amazonaws.com", MAIL_PORT="587", MAIL_USERNAME="AKIA", MAIL_PASSWORD="secret")
    said = []

    class Server:
        def __init__(self, host, port, **_):
            said.append([host, port])

        def __getattr__(self, name):
            return lambda *arguments, **_: said.append([name, *map(str, arguments[:2])])

    smtplib.SMTP = Server
    app = Flask("shop")
    names = run("Mail by Amazon SES", app=app)
    with app.app_context():
        names["mail"].send_message("Your order", recipients=["customer@example.com"], sender="orders@shop.example.com", body="It is on its way.")
    return [words for words in said if words[0] in ("email-smtp.us-east-1.amazonaws.com", "starttls", "login")]


def jobs():
    # Celery takes it before what the code says
    os.environ.pop("CELERY_BROKER_URL", None)
    os.environ["QUEUE_URL"] = boto3.client("sqs").create_queue(QueueName="recipes")["QueueUrl"]
    app = run("Jobs on Amazon SQS")["celery"]
    done = []

    @app.task(name="note")
    def note(word):
        done.append(word)

    with start_worker(app, pool="solo", perform_ping_check=False):
        note.delay("done")
        for _ in range(100):
            if done:
                break
            time.sleep(0.1)
    return done


CHECKS = {
    "Aurora that sleeps": aurora, "A proxy": proxy, "A replica to read from": replica, "Sign-in by IAM": iam,
    "Sessions in DynamoDB": sessions, "Mail by Amazon SES": mail, "Jobs on Amazon SQS": jobs,
}
assert set(CHECKS) == set(RECIPES), f"the page has {sorted(RECIPES)}"
print("RECIPES", json.dumps({heading: check() for heading, check in CHECKS.items()}), flush=True)
