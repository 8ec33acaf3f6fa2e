import type { LoadBalancingPlan } from './load-balancing-plan';

/** What the app has to know of the way that its clients take: with HTTPS, cookies for HTTPS alone and links that begin with it. */
export function loadBalancingEnvironment({ https, environment }: LoadBalancingPlan): { readonly [key: string]: string } {
  if (environment) {
    return environment;
  }
  return https ? { FLASK_PREFERRED_URL_SCHEME: 'https', FLASK_SESSION_COOKIE_SECURE: 'true' } : {};
}
