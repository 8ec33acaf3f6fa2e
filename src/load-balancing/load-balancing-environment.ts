import type { LoadBalancing } from './load-balancing';
import { speaksHttps } from './shared-listener';

/** What the app has to know of the way that its clients take: with HTTPS, cookies for HTTPS alone and links that begin with it. */
export function loadBalancingEnvironment(loadBalancing: LoadBalancing): { readonly [key: string]: string } {
  const shared = loadBalancing._shared;
  const https = shared ? speaksHttps(shared.listener, shared.options) : (loadBalancing._options.tls?._enabled ?? false);
  return https ? { FLASK_PREFERRED_URL_SCHEME: 'https', FLASK_SESSION_COOKIE_SECURE: 'true' } : {};
}
