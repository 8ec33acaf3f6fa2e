export { LoadBalancing, type LoadBalancingOptions, type SharedListenerOptions, type TargetOptions } from './load-balancing';
export { type CognitoSignInOptions, type OidcSignInOptions, SignIn, type SignInOptions } from './sign-in';
export { Tls, type TlsCertificateOptions, type TlsDomainOptions, type TlsOptions } from './tls';
