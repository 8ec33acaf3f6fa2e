import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Workspace } from '../../../tools/local-aws/workspace';

const NOT_PART_OF_THE_APP = new Set(['.venv', '.pytest_cache', '__pycache__']);

/** Well for some seconds after the first visitor, so that a deployment is complete before. The health check is no visitor. */
const TROUBLED = `import os
import random
import signal
import time

from app import create_app as create_working_app

WELL_SECONDS = 8


def create_app():
    app = create_working_app()
    app.wsgi_app = Trouble(app.wsgi_app)
    return app


class Trouble:
    def __init__(self, wsgi_app):
        self.wsgi_app = wsgi_app
        self.kind = os.environ["TROUBLE"]
        self.first_visit = None

    def __call__(self, environ, start_response):
        is_visit = environ["PATH_INFO"] != "/health"
        if is_visit and self.first_visit is None:
            self.first_visit = time.monotonic()
        is_late = self.first_visit is not None and time.monotonic() - self.first_visit > WELL_SECONDS
        if self.kind == "hang" and is_late:
            time.sleep(3600)
        if self.kind == "crash" and is_late:
            os.kill(os.getppid(), signal.SIGKILL)  # the server, as the kernel does where memory is used up
        if self.kind == "errors" and is_visit and random.random() < 0.5:
            start_response("500 INTERNAL SERVER ERROR", [("Content-Type", "text/plain")])
            return [b"half of the requests fail"]
        return self.wsgi_app(environ, start_response)
`;

/** The sample app as `troubled:create_app()`: what is wrong with it is the value of TROUBLE. */
export function troubledApp(folder: string): string {
  cpSync(join(Workspace.root, 'examples', 'sample-app'), folder, {
    recursive: true,
    filter: (path) => !NOT_PART_OF_THE_APP.has(basename(path)),
  });
  writeFileSync(join(folder, 'troubled.py'), TROUBLED);
  return folder;
}
