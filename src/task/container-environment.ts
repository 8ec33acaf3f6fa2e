import type { Secret } from 'aws-cdk-lib/aws-ecs';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { RenderedServer } from '../application/wsgi-server';
import { fail, sorted } from '../private/validation';
import { WARNINGS, warn } from '../private/warnings';

type Variables = { readonly [key: string]: string };
type Secrets = { readonly [key: string]: Secret };

/** Where a variable that the construct owns is set instead. */
const REMEDIES: Variables = {
  PORT: 'set the prop port',
  WEB_CONCURRENCY: 'set workers of WsgiServer.gunicorn() as server',
  GUNICORN_CMD_ARGS: 'set threads, additionalArguments and the other options of WsgiServer.gunicorn() as server',
};

/** The environment of every Python container; a value of the user's wins. */
const PYTHON: Variables = {
  // the one place that is writable on a read-only root: gunicorn's control socket and heartbeat, and the spool of uploads
  TMPDIR: '/tmp',
  XDG_RUNTIME_DIR: '/tmp',
  PYTHONUNBUFFERED: '1',
  PYTHONDONTWRITEBYTECODE: '1',
};

/** Where the variables beside those of Python and the server come from. */
interface GivenVariables {
  /** Of the construct, and the user may set them otherwise. */
  readonly defaults: Variables;
  readonly environment?: Variables;
  readonly secrets?: Secrets;
}

/** The environment of the containers: the contract with Python and the server, and the user's variables on top. */
export function containerEnvironment(
  scope: Construct,
  server: RenderedServer,
  { defaults, environment = {}, secrets = {} }: GivenVariables,
): { [key: string]: string } {
  requireNames({ ...environment, ...secrets });
  requireNotOwned(server.ownedVariables, { ...environment, ...secrets });
  requireNotBoth(environment, secrets);
  requireForwardedAllowIps(environment.FORWARDED_ALLOW_IPS);
  warnOfPlainSecrets(scope, environment);
  warnOfTruthyTexts(scope, environment);
  const told = sorted({ ...PYTHON, ...server.environment, ...defaults, ...environment });
  // a secret of the user's takes the place of a default
  return Object.fromEntries(Object.entries(told).filter(([key]) => !(key in secrets)));
}

/** The variables of one process, on top of those of the service. */
export function withVariables(
  scope: Construct,
  owned: string[],
  service: Variables,
  process: Variables = {},
  secrets: Secrets = {},
): { [key: string]: string } {
  requireNotBoth({ ...service, ...process }, secrets);
  requireAllowed(scope, owned, process, secrets);
  return sorted({ ...service, ...process });
}

/** What is checked of variables wherever they are given. */
export function requireAllowed(scope: Construct, owned: string[], environment: Variables, secrets: Secrets): void {
  requireNames({ ...environment, ...secrets });
  requireNotOwned(owned, { ...environment, ...secrets });
  requireForwardedAllowIps(environment.FORWARDED_ALLOW_IPS);
  requireNotBoth(environment, secrets);
  warnOfPlainSecrets(scope, environment);
  warnOfTruthyTexts(scope, environment);
}

/** What a process cannot be told: the kernel takes what stands before the first `=` for the name. */
const IMPOSSIBLE_NAME = /^$|[=\s\0]/;

function requireNames(variables: object): void {
  const name = Object.keys(variables).find((key) => IMPOSSIBLE_NAME.test(key) && !Token.isUnresolved(key));
  if (name !== undefined) {
    fail(`the name of a variable must have no '=' and no space, and not be empty, got '${name}'; give 'FLASK_GREETING', for example`);
  }
}

function requireNotOwned(owned: string[], variables: object): void {
  const key = owned.find((name) => name in variables);
  if (key !== undefined) {
    const remedy = REMEDIES[key] ?? 'set workers, threads and the other options of WsgiServer.granian() as server';
    fail(`the variable ${key} is set by the construct and cannot be given in environment or secrets; ${remedy}`);
  }
}

function requireNotBoth(environment: Variables, secrets: Secrets): void {
  const both = Object.keys(sorted(environment)).filter((key) => key in secrets);
  if (both.length > 0) {
    fail(`the variable ${both[0]} is given in environment and in secrets, and ECS takes it from one only; remove one of the two`);
  }
}

/** gunicorn 23 exits at boot with a CIDR. */
function requireForwardedAllowIps(value: string | undefined): void {
  if (value !== undefined && !Token.isUnresolved(value) && value.includes('/')) {
    fail(
      `FORWARDED_ALLOW_IPS must be addresses separated by commas or '*', got '${value}': gunicorn exits at boot with a CIDR; leave it out for '*', which is safe because only the load balancer reaches the tasks`,
    );
  }
}

const SECRET_NAME = /SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY/i;
/** `postgres://user:password@host/shop` */
const SECRET_URL = /:\/\/[^/\s:@]+:[^/\s@]+@/;

function warnOfPlainSecrets(scope: Construct, environment: Variables): void {
  for (const [key, value] of Object.entries(sorted(environment))) {
    if (!Token.isUnresolved(value) && (SECRET_NAME.test(key) || SECRET_URL.test(value))) {
      warn(
        scope,
        WARNINGS.PLAIN_SECRET,
        `the environment variable ${key} looks like a secret and is in the template in plain text; give it in secrets, as ecs.Secret.fromSecretsManager(…)`,
      );
    }
  }
}

/** How languages write what JSON does not: `str(False)` in Python, `false.ToString()` in C#, and the words of configuration files. */
const TRUTHY_TEXT = /^\s*(?:(true|yes|on)|(false|no|off)|none|null)\s*$/i;
const JSON_WORD = /^\s*(?:true|false|null)\s*$/;

/** `app.config.from_prefixed_env()` parses values as JSON and keeps as text what is none: and a text is true. */
function warnOfTruthyTexts(scope: Construct, environment: Variables): void {
  for (const [key, value] of Object.entries(sorted(environment))) {
    const found = key.startsWith('FLASK_') && !Token.isUnresolved(value) && !JSON_WORD.test(value) ? TRUTHY_TEXT.exec(value) : null;
    if (found) {
      const meant = found[1] ? 'true' : found[2] ? 'false' : 'null';
      warn(
        scope,
        WARNINGS.TRUTHY_TEXT,
        `the environment variable ${key} is '${value}': app.config.from_prefixed_env() reads values as JSON, so this stays a string, which is true in Python; give '${meant}'`,
      );
    }
  }
}
