"""Commands for one-off and scheduled tasks: `flask report`, `flask fail --code 3`."""

from __future__ import annotations

import json
import logging
import platform
from importlib.metadata import version

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

logger = logging.getLogger(__name__)


@click.command()
@with_appcontext
def report() -> None:
    """Print what this image holds and whether its dependencies answer."""
    click.echo(
        json.dumps(
            {
                "message": "report",
                "version": current_app.config["APP_VERSION"],
                "instance": current_app.config["INSTANCE"],
                "python": platform.python_version(),
                "flask": version("flask"),
                "routes": sorted(rule.rule for rule in current_app.url_map.iter_rules()),
                "checks": current_app.extensions["readiness"].results(),
            }
        )
    )


@click.command()
@click.option("--code", type=click.IntRange(0, 255), default=1, show_default=True, help="The exit code.")
@with_appcontext
def fail(code: int) -> None:
    """Exit with a code of your choice, to see what a failed task looks like."""
    logger.error("failing on request with exit code %d", code)
    click.get_current_context().exit(code)


def init_app(app: Flask) -> None:
    app.cli.add_command(report)
    app.cli.add_command(fail)
