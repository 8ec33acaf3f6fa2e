import * as fs from 'node:fs';
import * as path from 'node:path';

/** The public API as jsii has written it down: `npx projen compile` makes it. */
const FILE = path.join(__dirname, '../../.jsii');

export interface TypeReference {
  readonly primitive?: 'string' | 'number' | 'boolean' | 'any' | 'json' | 'date';
  readonly fqn?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference };
}

export interface Member {
  readonly name: string;
  readonly type: TypeReference;
  readonly optional?: boolean;
  readonly variadic?: boolean;
}

export interface Method {
  readonly name: string;
  readonly static?: boolean;
  readonly protected?: boolean;
  readonly parameters?: readonly Member[];
  readonly returns?: { readonly type: TypeReference };
}

export interface Type {
  readonly kind: 'class' | 'interface' | 'enum';
  readonly datatype?: boolean;
  readonly interfaces?: readonly string[];
  readonly base?: string;
  readonly members?: readonly { readonly name: string }[];
  readonly properties?: readonly Member[];
  readonly methods?: readonly Method[];
}

export const PACKAGE = 'cdk-flask-fargate';
const types: { readonly [fqn: string]: Type } = JSON.parse(fs.readFileSync(FILE, 'utf-8')).types;

export function typeOf(fqn: string): Type | undefined {
  return types[fqn];
}

/** The properties of a struct, with those that it inherits. */
export function propertiesOf(fqn: string): readonly Member[] {
  const { properties = [], interfaces = [] } = types[fqn];
  return [...interfaces.filter((each) => each in types).flatMap(propertiesOf), ...properties];
}

/** The methods of an object, with those that it inherits here. */
export function methodsOf(fqn: string): readonly Method[] {
  const { methods = [], base } = types[fqn];
  return [...(base !== undefined && base in types ? methodsOf(base) : []), ...methods];
}
