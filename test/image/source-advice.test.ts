import * as fs from 'node:fs';
import * as path from 'node:path';
import { FlaskImage, WsgiServer } from '../../src';
import { flaskApp } from '../util/flask-app';
import { service, testStack, warningsOf } from '../util/test-stack';

function adviceOn(files: { readonly [name: string]: string }, server?: WsgiServer): string[] {
  const folder = flaskApp();
  for (const [name, text] of Object.entries(files)) {
    fs.appendFileSync(path.join(folder, name), text);
  }
  const stack = testStack();
  service(stack, { image: FlaskImage.fromSource(folder), server });
  return warningsOf(stack).flatMap(({ id, text }) =>
    /clientAddress|clientScheme|socketIoWorkers/.test(id) ? [text.replace(folder, 'app')] : [],
  );
}

describe('the address of the client', () => {
  test.each([
    ['get_remote_address', 'from flask_limiter.util import get_remote_address\n'],
    ['remote_addr', 'def who(request): return request.remote_addr\n'],
    ['access_route', 'def who(request): return request.access_route[0]\n'],
  ])('by %s is that of the load balancer', (word, source) => {
    expect(adviceOn({ 'limits.py': source })).toEqual([
      `the source of 'app' reads ${word}, which is the address of the load balancer for every client, so a rate limit would count all clients as one; add app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1) of werkzeug.middleware.proxy_fix`,
    ]);
  });

  test('is right with ProxyFix, and where nobody asks for it', () => {
    const asks = { 'limits.py': 'def who(request): return request.remote_addr\n' };
    expect(adviceOn({ ...asks, 'proxy.py': 'from werkzeug.middleware.proxy_fix import ProxyFix\n' })).toEqual([]);
    expect(adviceOn({})).toEqual([]);
  });
});

describe('the scheme of the request', () => {
  const files = { 'mails.py': 'def link(url_for): return url_for("home", _external=True)\n' };

  test('is http on granian', () => {
    expect(adviceOn(files, WsgiServer.granian())).toEqual([
      "the source of 'app' names _external=True, and granian reports http to the app even if the client used https, so its URLs would begin with http; add app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1) of werkzeug.middleware.proxy_fix, or serve by WsgiServer.gunicorn()",
    ]);
  });

  test('is right on gunicorn, with ProxyFix, and where nobody asks for it', () => {
    expect(adviceOn(files)).toEqual([]);
    expect(adviceOn({ ...files, 'proxy.py': 'from werkzeug.middleware.proxy_fix import ProxyFix\n' }, WsgiServer.granian())).toEqual([]);
    expect(adviceOn({}, WsgiServer.granian())).toEqual([]);
  });
});

test('the source beside a Dockerfile is read too', () => {
  const folder = flaskApp();
  fs.writeFileSync(path.join(folder, 'Dockerfile'), 'FROM python:3.14-slim\nCMD ["gunicorn", "app:app"]\n');
  fs.writeFileSync(path.join(folder, 'limits.py'), 'def who(request): return request.remote_addr\n');
  const stack = testStack();
  service(stack, { image: FlaskImage.fromDockerfile(folder) });
  expect(warningsOf(stack).map(({ id }) => id)).toContain('cdk-flask-fargate:clientAddress');
});

describe('Socket.IO', () => {
  const files = { 'requirements.txt': '\nflask-socketio==5.5.1\n' };

  test('in several workers is told', () => {
    expect(adviceOn(files)).toEqual([
      'requirements.txt names flask-socketio, whose sessions live in one process, and each task has 2 workers: some handshakes get 400; set workers of WsgiServer.gunicorn() to 1 and threads to 100, and set stickiness if there is more than one task',
    ]);
    expect(adviceOn(files, WsgiServer.granian({ workers: 2 }))).toHaveLength(1);
  });

  test('in one is not, nor with a server that is not ours', () => {
    expect(adviceOn(files, WsgiServer.gunicorn({ workers: 1 }))).toEqual([]);
    expect(adviceOn(files, WsgiServer.custom({ command: ['python', 'app.py'] }))).toEqual([]);
    expect(adviceOn({})).toEqual([]);
  });
});
