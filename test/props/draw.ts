import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import * as library from '../../src';
import { type Member, type Method, methodsOf, PACKAGE, propertiesOf, type TypeReference, typeOf } from './assembly';
import { GIVEN, SAMPLE_APP, type Surroundings } from './surroundings';

/** The classes, enums and functions that the package exports. */
const EXPORTS: { readonly [name: string]: unknown } = { ...library };

/** A value, and how a user would write it. */
interface Drawn {
  readonly value: unknown;
  readonly text: string;
}

/** What is usual for a name, so that most draws are of programs that somebody could mean. */
const USUAL: readonly (readonly [name: RegExp, values: readonly (string | number)[]])[] = [
  [/^cpu$/, [256, 512, 1024, 2048, 4096, 8192]],
  [/^memoryLimitMiB$/, [512, 1024, 2048, 4096, 8192, 30_720]],
  [/^(port|containerPort|defaultPort)$/i, [3000, 5000, 8080, 80, 443]],
  [/^(min|max|desiredCount|tasks)$/i, [0, 1, 2, 3, 10]],
  [/percent|utilization|share/i, [1, 10, 50, 90, 100]],
  [/^priority$/, [1, 10, 500, 49_500]],
  [/directory|source|folder/i, [SAMPLE_APP]],
  [/^hosts$/, ['shop.example.com', '*.example.com', 'example.com']],
  [/^paths$|path$/i, ['/shop', '/shop/*', '/health', '/']],
  [/^(domainName|recordName)$/, ['shop.example.com', 'shop']],
  [/arn$/i, ['arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/a1b2c3']],
  [/email/i, ['operators@example.com']],
  [/^(tag|imageTag|tagOrDigest)$/, ['v1', 'latest', `sha256:${'a'.repeat(64)}`]],
  [/command|words/i, ['flask', 'db', 'upgrade', 'celery']],
  [/wsgiApp/, ['app:create_app()', 'app:app']],
  [/databaseName|username|user/i, ['shop', 'app']],
  [/issuer|endpoint/i, ['https://login.example.com']],
  [/version/i, ['8.2', '7.2']],
  [/name/i, ['shop', 'Shop', 'order-api']],
];
const NUMBERS = [0, 1, 2, 3, 5, 10, 30, 60, 100, 256, 1000, 3000];
const ODD_NUMBERS = [-1, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 31, 1e21, -0];
const TEXTS = ['shop', 'a', 'Shop', 'SHOP_MODE', 'true', '/shop', 'shop.example.com'];
const ODD_TEXTS = [
  '',
  ' ',
  'ä',
  '日本',
  'a b',
  'a\nb',
  "it's",
  '"',
  '$HOME',
  '${x}',
  '{{resolve:ssm:/a}}',
  '-',
  '.',
  '/',
  '*',
  'a'.repeat(300),
  '0',
  '__proto__',
];
const SECONDS = [0, 1, 5, 10, 20, 60, 300, 900, 3600, 86_400, 604_800];
const MAX_DEPTH = 5;

export class Draw {
  /** The program, a line for each statement. */
  public readonly lines: string[] = [];
  private readonly platforms = new Map<Surroundings, unknown>();
  private web: library.FlaskFargateService | undefined;
  /** How many of a hundred numbers and texts are odd: most programs have one at most. */
  private readonly odd: number;

  public constructor(
    private readonly generate: fc.GeneratorValue,
    private readonly at: Surroundings,
    /** How many of the usual options are set, from 0 to 1. */
    private readonly share: number,
  ) {
    this.odd = this.percent(70) ? 1 : 12;
  }

  /** A service, and up to five things done with it. */
  public run(): void {
    const props = this.struct(`${PACKAGE}.FlaskFargateServiceProps`, 0);
    this.lines.push(`const web = new FlaskFargateService(stack, 'Web', ${props.text});`);
    this.web = new library.FlaskFargateService(this.at.stack, 'Web', props.value as library.FlaskFargateServiceProps);
    const actions = this.actions();
    for (let count = this.upTo(5); count > 0; count--) {
      this.pick(actions)();
    }
  }

  private actions(): (() => void)[] {
    const web = this.web as library.FlaskFargateService;
    const ofWeb = methodsOf(`${PACKAGE}.FlaskFargateService`)
      .filter((method) => !method.static && !method.protected && method.name !== 'toString')
      .map((method) => () => this.call(web, 'web', method));
    const ofAlarms = methodsOf(`${PACKAGE}.FlaskServiceAlarms`)
      .filter((method) => !method.static && !method.protected && method.name !== 'toString')
      .map((method) => () => this.call(web.alarms, 'web.alarms', method));
    const made = ['FlaskDatabase', 'FlaskCache', 'FlaskUploads'].flatMap((name) =>
      methodsOf(`${PACKAGE}.${name}`)
        .filter((method) => method.static)
        .map((method) => () => this.call(EXPORTS[name] as object, name, method)),
    );
    return [...ofWeb, ...ofWeb, ...ofAlarms, ...made];
  }

  private call(target: object, name: string, method: Method): unknown {
    const given = this.parameters(method, 0);
    this.lines.push(`${name}.${method.name}(${given.map(({ text }) => text).join(', ')});`);
    return (target as { [name: string]: (...given: unknown[]) => unknown })[method.name](...given.map(({ value }) => value));
  }

  private parameters({ parameters = [] }: Method, depth: number): Drawn[] {
    const drawn: Drawn[] = [];
    for (const parameter of parameters) {
      const value = parameter.optional && this.percent(50) ? undefined : this.value(parameter.type, parameter.name, depth + 1);
      if (value === undefined) {
        if (!parameter.optional) {
          throw new NothingToDraw(`${parameter.name}: ${JSON.stringify(parameter.type)}`);
        }
        break;
      }
      drawn.push(...(parameter.variadic && this.percent(50) ? [value, value] : [value]));
    }
    return drawn;
  }

  private value(type: TypeReference, name: string, depth: number): Drawn | undefined {
    if (type.collection) {
      return this.collection(type.collection.kind, type.collection.elementtype, name, depth);
    }
    switch (type.primitive) {
      case 'boolean':
        return this.literal(this.percent(50));
      case 'number':
        return this.number(name);
      case 'string':
        return name === 'id' ? this.literal(this.at.id('Part')) : this.text(name);
      default:
        return type.fqn === undefined ? undefined : this.object(type.fqn, depth);
    }
  }

  private collection(kind: 'array' | 'map', element: TypeReference, name: string, depth: number): Drawn | undefined {
    const size = this.percent(10) ? 0 : 1 + this.upTo(2);
    const drawn = Array.from({ length: size }, () => this.value(element, name, depth + 1)).filter((each) => each !== undefined);
    if (kind === 'array') {
      return { value: drawn.map(({ value }) => value), text: `[${drawn.map(({ text }) => text).join(', ')}]` };
    }
    const entries = drawn.map(({ value, text }) => [this.text('key'), value, text] as const);
    return {
      value: Object.fromEntries(entries.map(([key, value]) => [`${key.value}`, value])),
      text: `{ ${entries.map(([key, , text]) => `${key.text}: ${text}`).join(', ')} }`,
    };
  }

  private number(name: string): Drawn {
    if (this.percent(4)) {
      return {
        value: new CfnParameter(this.at.stack, this.at.id('Number'), { type: 'Number' }).valueAsNumber,
        text: 'parameter.valueAsNumber',
      };
    }
    return this.literal(this.percent(this.odd) ? this.pick(ODD_NUMBERS) : this.usual(name, 'number', NUMBERS));
  }

  private text(name: string): Drawn {
    if (this.percent(4)) {
      return { value: new CfnParameter(this.at.stack, this.at.id('Text')).valueAsString, text: 'parameter.valueAsString' };
    }
    return this.literal(this.percent(this.odd) ? this.pick(ODD_TEXTS) : this.usual(name, 'string', TEXTS));
  }

  private usual<T extends string | number>(name: string, kind: string, others: readonly T[]): T {
    const [, values = []] = USUAL.find(([pattern]) => pattern.test(name)) ?? [];
    const fitting = values.filter((value) => typeof value === kind) as T[];
    return this.pick(fitting.length > 0 && this.percent(85) ? fitting : others);
  }

  private object(fqn: string, depth: number): Drawn | undefined {
    const name = fqn.slice(fqn.lastIndexOf('.') + 1);
    if (fqn === 'aws-cdk-lib.Duration') {
      return this.duration();
    }
    if (name === 'IFlaskService' || (name === 'FlaskFargateService' && this.web)) {
      return this.web && { value: this.web, text: 'web' };
    }
    if (fqn === 'constructs.Construct') {
      return { value: this.at.stack, text: 'stack' };
    }
    const type = typeOf(fqn);
    if (!type) {
      return this.given(fqn, name);
    }
    if (type.kind === 'enum') {
      const member = this.pick(type.members ?? []).name;
      return {
        value: (EXPORTS[name] as { [member: string]: unknown })[member],
        text: `${name}.${member}`,
      };
    }
    if (type.datatype) {
      return this.struct(fqn, depth);
    }
    return name === 'IFlaskPlatform' ? this.platform() : this.factory(fqn, name, depth);
  }

  private given(fqn: string, name: string): Drawn | undefined {
    const makes = GIVEN[fqn];
    if (!makes) {
      return undefined;
    }
    const index = this.upTo(makes.length - 1);
    const elsewhere = this.percent(15);
    const scope = elsewhere ? this.at.other : this.at.stack;
    return { value: makes[index](scope, this.at.id(name)), text: `<${name} ${index}${elsewhere ? ' of another stack' : ''}>` };
  }

  private struct(fqn: string, depth: number): Drawn {
    const members = propertiesOf(fqn);
    const likely = this.share * (depth === 0 ? 18 : 30);
    const chosen: [Member, Drawn][] = [];
    for (const member of members) {
      if (member.optional && (depth > MAX_DEPTH || !this.percent(likely))) {
        continue;
      }
      const value = this.value(member.type, member.name, depth + 1);
      if (value) {
        chosen.push([member, value]);
      } else if (!member.optional) {
        throw new NothingToDraw(`${fqn}.${member.name}`);
      }
    }
    return {
      value: Object.fromEntries(chosen.map(([{ name }, { value }]) => [name, value])),
      text: `{ ${chosen.map(([{ name }, { text }]) => `${name}: ${text}`).join(', ')} }`,
    };
  }

  /** A value of a class of ours, by one of the factories that return it; a construct is made. */
  private factory(fqn: string, name: string, depth: number): Drawn | undefined {
    const made = EXPORTS[name] as { [name: string]: (...given: unknown[]) => unknown };
    const factories = methodsOf(fqn).filter((method) => method.static && method.returns?.type.fqn === fqn);
    if (factories.length === 0) {
      const Made = made as unknown as new (scope: Construct, id: string, props: object) => unknown;
      return name === 'FlaskSecretKey' || name === 'FlaskRepository'
        ? { value: new Made(this.at.stack, this.at.id(name), {}), text: `new ${name}(stack, …)` }
        : undefined;
    }
    const factory = this.pick(factories);
    const given = this.parameters(factory, depth);
    const text = `${name}.${factory.name}(${given.map((each) => each.text).join(', ')})`;
    return { value: made[factory.name](...given.map(({ value }) => value)), text };
  }

  private platform(): Drawn {
    const text = "new FlaskPlatform(other, 'Platform', { name: 'shop' })";
    if (!this.platforms.has(this.at)) {
      this.platforms.set(this.at, new library.FlaskPlatform(this.at.other, 'Platform', { name: 'shop' }));
    }
    return { value: this.platforms.get(this.at), text };
  }

  private duration(): Drawn {
    if (this.percent(3)) {
      const seconds = new CfnParameter(this.at.stack, this.at.id('Seconds'), { type: 'Number' }).valueAsNumber;
      return { value: Duration.seconds(seconds), text: 'Duration.seconds(parameter.valueAsNumber)' };
    }
    if (this.percent(4)) {
      return { value: Duration.millis(1500), text: 'Duration.millis(1500)' };
    }
    const seconds = this.pick(SECONDS);
    return { value: Duration.seconds(seconds), text: `Duration.seconds(${seconds})` };
  }

  private literal(value: string | number | boolean): Drawn {
    return { value, text: typeof value === 'string' ? JSON.stringify(value) : `${Object.is(value, -0) ? '-0' : value}` };
  }

  private percent(likely: number): boolean {
    return this.upTo(999) < likely * 10;
  }

  private upTo(max: number): number {
    return this.generate(fc.integer, { min: 0, max });
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.upTo(values.length - 1)];
  }
}

/** A type that no value is known of: the draw is of no use. */
export class NothingToDraw extends Error {}
