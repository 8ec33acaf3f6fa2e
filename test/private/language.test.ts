import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { toSnakeCase } from 'codemaker';
import { inUsersLanguage } from '../../src/private/language';
import { fail } from '../../src/private/validation';
import { WARNINGS, warn } from '../../src/private/warnings';

const SRC = join(__dirname, '../../src');
const SOURCES = readdirSync(SRC, { recursive: true, encoding: 'utf-8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.handler.ts'))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), 'utf-8') }));

const PYTHON = 'Python/3.13.2';
const JAVA = 'Java/21.0.1';
const CSHARP = 'DotNet/8.0.11/.NETCoreApp,Version=v6.0/1.0.0.0';
const GO = 'go1.24.1/linux/amd64';

const MESSAGE =
  "wsgiApp must be one, got 'myApp:createApp()'; set memoryLimitMiB and isDigest to true, or give tls to LoadBalancing.internetFacing(), or call web.addReleaseTask()";

describe('the names of a message', () => {
  test.each([
    [
      PYTHON,
      "wsgi_app must be one, got 'myApp:createApp()'; set memory_limit_mib and is_digest to True, or give tls to LoadBalancing.internet_facing(), or call web.add_release_task()",
    ],
    [
      CSHARP,
      "WsgiApp must be one, got 'myApp:createApp()'; set MemoryLimitMiB and IsDigest to true, or give tls to LoadBalancing.InternetFacing(), or call web.AddReleaseTask()",
    ],
    [
      GO,
      "WsgiApp must be one, got 'myApp:createApp()'; set MemoryLimitMiB and IsDigest to true, or give tls to LoadBalancing_InternetFacing(), or call web.AddReleaseTask()",
    ],
    [JAVA, MESSAGE],
    [undefined, MESSAGE],
    ['', MESSAGE],
  ])('for %s', (agent, expected) => {
    expect(inUsersLanguage(MESSAGE, agent)).toBe(expected);
  });

  test.each([
    ["the folder 'myShop' has none", 'a value in quotes'],
    ["gunicorn's folder 'myShop' has none", 'a value in quotes behind an apostrophe'],
    ['the construct myShop/webApp has none', 'a path'],
    ['the stack myShop has none', 'the id of a stack'],
    ['the services webApp and Other/x share it', 'the id of a service'],
    ['set the context cdk-flask-fargate:maxRules to what you have', 'a key of the context'],
    ['call app.config.from_prefixed_env() and redis.RedisCluster.from_url()', 'Python'],
    ['arn:aws:ecs:eu-west-1:111111111111:service/myCluster/myService', 'an ARN'],
    ['SECRET_KEY is not read, FLASK_SQLALCHEMY_ENGINE_OPTIONS is', 'variables'],
  ])('%s: %s stays', (message) => {
    for (const agent of [PYTHON, CSHARP, GO, JAVA]) {
      expect(inUsersLanguage(message, agent)).toBe(message);
    }
  });

  test('are in Python as jsii makes them', () => {
    const names = new Set(
      SOURCES.flatMap(({ text }) => [...text.matchAll(/^ {2}(?:public )?(?:readonly )?([a-z]+[A-Z]\w*)[?(:]/gm)].map(([, name]) => name)),
    );
    expect(names.size).toBeGreaterThan(200);
    for (const name of names) {
      expect(inUsersLanguage(name, PYTHON)).toBe(toSnakeCase(name));
    }
  });

  test('are those of the language in errors and warnings', () => {
    const agent = process.env.JSII_AGENT;
    process.env.JSII_AGENT = PYTHON;
    try {
      expect(() => fail('requestTimeout must be shorter')).toThrow('request_timeout must be shorter');
      const stack = new Stack();
      warn(stack, WARNINGS.QUOTA, 'maxAzs is low');
      Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('max_azs is low'));
    } finally {
      if (agent === undefined) {
        delete process.env.JSII_AGENT;
      } else {
        process.env.JSII_AGENT = agent;
      }
    }
  });
});

/** What only TypeScript has: objects in braces, `name: value`. */
const SYNTAX: readonly [what: string, pattern: RegExp][] = [
  ['an object', /\(\{|\{ \w+(?:: |,| \})/],
  ['a prop with its value', /\b[a-z]+[A-Z]\w*: (?:'|true|false|\d|\[|\$\{)/],
  ['a prop with its value', /\b(?:give|set|got|say|by) [a-z]\w*: (?:'|true|false|\d|\[|\$\{)/],
  ['new', /(?:give|use|take) new [A-Z]/],
];

test('no message has the syntax of TypeScript', () => {
  // a message is a text within quotes that has a semicolon before its remedy, or says what was got
  const messages = SOURCES.flatMap(({ file, text }) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(?:return |\? |: |fail\(|remedy: |const remedy = |[A-Z_]+: )*['"`].*[a-z]/.test(line))
      .filter((line) => /\b(?:got|give|set|use|take|leave|say|call)\b/.test(line) && !/^['"`](?:@|\w+['"`]\])/.test(line))
      .map((line) => ({ file, line: line.replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '${}') })),
  );
  expect(messages.length).toBeGreaterThan(200);
  const found = messages.flatMap(({ file, line }) =>
    SYNTAX.filter(([, pattern]) => pattern.test(line)).map(([what]) => `${file}: ${what}: ${line}`),
  );
  expect(found).toEqual([]);
});
