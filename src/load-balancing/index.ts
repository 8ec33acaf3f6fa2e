export type { IFlaskPlatform } from './i-flask-platform';
export { LoadBalancing } from './load-balancing';
export type { LoadBalancingOptions, SharedListenerOptions, TargetOptions } from './load-balancing-options';
export type { PlatformServiceOptions } from './platform-options';
export { type CognitoSignInOptions, type OidcSignInOptions, SignIn, type SignInOptions } from './sign-in';
export { Tls, type TlsCertificateOptions, type TlsDomainOptions, type TlsOptions } from './tls';
