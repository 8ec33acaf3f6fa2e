import type { Construct } from 'constructs';
import type { RenderedServer } from '../application/wsgi-server';
import { WARNINGS, warn } from '../private/warnings';
import { sourcesName } from './project/source-project';

/** What reads the address of the client. */
const ADDRESS = ['get_remote_address', 'remote_addr', 'access_route'];
/** What reads the scheme of the request, or makes a URL with it. */
const SCHEME = ['is_secure', 'request.scheme', '_external=True', 'url_root', 'host_url', 'base_url'];
/** What takes both from the headers of the load balancer. */
const PROXY = ['ProxyFix', 'proxy_fix'];

const REMEDY = 'add app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1) of werkzeug.middleware.proxy_fix';

/** What an app believes of its requests is that of the load balancer, unless it reads the headers. */
export function adviseOnRequests(scope: Construct, directory: string, { requirement }: RenderedServer): void {
  const address = ADDRESS.find((word) => sourcesName(directory, [word]));
  if (address && !sourcesName(directory, [...PROXY, 'X-Forwarded-For', 'HTTP_X_FORWARDED_FOR'])) {
    warn(
      scope,
      WARNINGS.CLIENT_ADDRESS,
      `the source of '${directory}' reads ${address}, which is the address of the load balancer for every client, so a rate limit would count all clients as one; ${REMEDY}`,
    );
  }
  // gunicorn takes the scheme from X-Forwarded-Proto by itself
  const scheme = requirement?.name === 'granian' ? SCHEME.find((word) => sourcesName(directory, [word])) : undefined;
  if (scheme && !sourcesName(directory, [...PROXY, 'X-Forwarded-Proto', 'HTTP_X_FORWARDED_PROTO'])) {
    warn(
      scope,
      WARNINGS.CLIENT_SCHEME,
      `the source of '${directory}' names ${scheme}, and granian reports http to the app even if the client used https, so its URLs would begin with http; ${REMEDY}, or serve by WsgiServer.gunicorn()`,
    );
  }
}
