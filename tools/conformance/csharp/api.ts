import {
  type Assembly,
  type Callable,
  isClassOrInterfaceType,
  isEnumType,
  type Parameter,
  type Type,
  type TypeReference,
} from '@jsii/spec';

/** A type of a value in C#. */
export type CsType =
  | { readonly kind: 'value'; readonly name: 'string' | 'double' | 'bool' | 'object' | 'System.DateTime' | 'void' | 'null' }
  | { readonly kind: 'named'; readonly declaration: Declaration }
  | { readonly kind: 'array'; readonly element: CsType }
  | { readonly kind: 'map'; readonly element: CsType }
  | { readonly kind: 'union'; readonly types: CsType[] };

/** A class, an interface or an enumeration. */
export interface Declaration {
  readonly fullName: string;
  readonly kind: 'class' | 'interface' | 'enum';
  /** A class made of properties alone: `new Props { Name = … }`. */
  readonly struct: boolean;
  readonly deprecated: boolean;
  bases(): Declaration[];
  members(): ReadonlyMap<string, Member>;
  /** Undefined where nobody but the package can make one. */
  constructorParameters(): Argument[] | undefined;
}

export interface Member {
  readonly static: boolean;
  readonly deprecated: boolean;
  readonly type: CsType;
  /** A property that can be set; in a struct, one that must be. */
  readonly settable?: boolean;
  readonly required?: boolean;
  /** Of a method. */
  readonly parameters?: Argument[];
}

export interface Argument {
  readonly name: string;
  readonly type: CsType;
  readonly optional: boolean;
  readonly variadic: boolean;
}

export const OBJECT: CsType = { kind: 'value', name: 'object' };
const PRIMITIVES: Readonly<Record<string, CsType>> = {
  string: { kind: 'value', name: 'string' },
  number: { kind: 'value', name: 'double' },
  boolean: { kind: 'value', name: 'bool' },
  date: { kind: 'value', name: 'System.DateTime' },
};

/** jsii names C# members after those of TypeScript, with a capital. */
const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** The API of jsii packages as C# has it. */
export class Api {
  private readonly types = new Map<string, Type>();
  private readonly namespaces = new Map<string, string>();
  private readonly byFullName = new Map<string, Declaration>();
  /** Of each jsii type: itself, or the interface of a struct. What a parameter asks for. */
  private readonly byFqn = new Map<string, Declaration>();

  /** Every simple name of a type and of a member, as C# has it. */
  public readonly simpleNames = new Set<string>();

  public constructor(assemblies: Assembly[]) {
    for (const assembly of assemblies) {
      this.namespaces.set(assembly.name, assembly.targets?.dotnet?.namespace);
      for (const [fqn, submodule] of Object.entries(assembly.submodules ?? {})) {
        const namespace = submodule.targets?.dotnet?.namespace;
        if (namespace !== undefined) {
          this.namespaces.set(fqn, namespace);
        }
      }
      for (const [fqn, type] of Object.entries(assembly.types ?? {})) {
        this.types.set(fqn, type);
        const members = isEnumType(type) ? type.members : [...(type.properties ?? []), ...(type.methods ?? [])];
        this.addNames(type.name, ...(isEnumType(type) ? members.map(({ name }) => name) : members.map(({ name }) => pascal(name))));
      }
    }
    for (const type of this.types.values()) {
      this.declare(type);
    }
  }

  /** The type of this full name. */
  private addNames(...names: string[]): void {
    for (const name of names) {
      this.simpleNames.add(name);
    }
  }

  public find(fullName: string): Declaration | undefined {
    return this.byFullName.get(fullName);
  }

  /** The namespace of a module, `aws-cdk-lib/aws-ec2`. */
  public namespaceOf(module: string): string | undefined {
    return this.namespaces.get(module.replace('/', '.').replaceAll(/(?<=\.[\w-]*)-/g, '_'));
  }

  public hasNamespace(name: string): boolean {
    return [...this.namespaces.values()].includes(name);
  }

  public declarations(assembly: string): Declaration[] {
    const prefix = `${this.namespaces.get(assembly)}.`;
    return [...this.byFullName.values()].filter(({ fullName }) => fullName.startsWith(prefix));
  }

  private declare(type: Type): void {
    const scope = this.scopeOf(type);
    const deprecated = type.docs?.deprecated !== undefined;
    if (isClassOrInterfaceType(type) && type.kind === 'interface' && type.datatype) {
      const asked = this.declaration(`${scope}.I${pascal(type.name)}`, type, { kind: 'interface', struct: false, deprecated });
      this.byFqn.set(type.fqn, asked);
      this.declaration(`${scope}.${pascal(type.name)}`, type, { kind: 'class', struct: true, deprecated }, () => [asked]);
      return;
    }
    this.byFqn.set(type.fqn, this.declaration(`${scope}.${this.nameOf(type)}`, type, { kind: type.kind, struct: false, deprecated }));
  }

  private declaration(
    fullName: string,
    type: Type,
    flags: Pick<Declaration, 'kind' | 'struct' | 'deprecated'>,
    bases?: () => Declaration[],
  ): Declaration {
    const declaration: Declaration = {
      fullName,
      ...flags,
      bases: bases ?? (() => this.basesOf(type).flatMap((fqn) => this.byFqn.get(fqn) ?? [])),
      members: once(() => this.membersOf(type, declaration)),
      constructorParameters: () => (flags.struct ? [] : this.constructorOf(type)),
    };
    this.byFullName.set(fullName, declaration);
    return declaration;
  }

  /** The namespace of a type, or the type that it is nested in. */
  private scopeOf(type: Type): string {
    const nested = type.namespace ? this.types.get(`${type.assembly}.${type.namespace}`) : undefined;
    if (nested) {
      return `${this.scopeOf(nested)}.${this.nameOf(nested)}`;
    }
    const fqn = type.namespace ? `${type.assembly}.${type.namespace}` : type.assembly;
    // a submodule without a namespace of its own
    return this.namespaces.get(fqn) ?? `${this.namespaces.get(type.assembly)}.${(type.namespace ?? '').split('.').map(pascal).join('.')}`;
  }

  /** A class may not have a member of its own name: jsii puts a line after such a class. */
  private nameOf(type: Type): string {
    const own = isClassOrInterfaceType(type) ? [...(type.methods ?? []), ...(type.properties ?? [])] : [];
    const clash = type.kind === 'class' && own.some(({ name }) => name.toLowerCase() === type.name.toLowerCase());
    return `${pascal(type.name)}${clash ? '_' : ''}`;
  }

  private basesOf(type: Type): string[] {
    if (!isClassOrInterfaceType(type)) {
      return [];
    }
    return [...(type.kind === 'class' && type.base ? [type.base] : []), ...(type.interfaces ?? [])];
  }

  private membersOf(type: Type, declaration: Declaration): Map<string, Member> {
    const members = new Map<string, Member>();
    if (isEnumType(type)) {
      for (const { name, docs } of type.members) {
        const deprecated = docs?.deprecated !== undefined;
        members.set(pascal(name), { static: true, deprecated, type: { kind: 'named', declaration } });
      }
      return members;
    }
    // the class of a struct has the properties of what the struct extends
    for (const base of declaration.struct ? this.basesOf(type) : []) {
      const inherited = this.types.get(base);
      for (const [name, member] of inherited ? this.membersOf(inherited, declaration) : []) {
        members.set(name, member);
      }
    }
    for (const property of type.properties ?? []) {
      members.set(pascal(property.name), {
        static: property.static === true,
        deprecated: property.docs?.deprecated !== undefined,
        type: this.typeOf(property.type),
        settable: declaration.struct || property.immutable !== true,
        required: declaration.struct && property.optional !== true,
      });
    }
    for (const method of type.methods ?? []) {
      members.set(pascal(method.name), {
        static: method.static === true,
        deprecated: method.docs?.deprecated !== undefined,
        type: method.returns ? this.typeOf(method.returns.type) : { kind: 'value', name: 'void' },
        parameters: this.parametersOf(method),
      });
    }
    return members;
  }

  private constructorOf(type: Type): Argument[] | undefined {
    if (type.kind !== 'class') {
      return undefined;
    }
    if (type.initializer) {
      return type.initializer.protected ? undefined : this.parametersOf(type.initializer);
    }
    return undefined;
  }

  private parametersOf(callable: Callable): Argument[] {
    return (callable.parameters ?? []).map((parameter: Parameter) => ({
      name: parameter.name,
      type: this.typeOf(parameter.type),
      optional: parameter.optional === true,
      variadic: parameter.variadic === true,
    }));
  }

  private typeOf(reference: TypeReference): CsType {
    if ('primitive' in reference) {
      return PRIMITIVES[reference.primitive] ?? OBJECT;
    }
    if ('collection' in reference) {
      const element = this.typeOf(reference.collection.elementtype);
      return { kind: reference.collection.kind === 'array' ? 'array' : 'map', element };
    }
    if ('union' in reference) {
      return { kind: 'union', types: reference.union.types.map((type) => this.typeOf(type)) };
    }
    const declaration = 'fqn' in reference ? this.byFqn.get(reference.fqn) : undefined;
    return declaration ? { kind: 'named', declaration } : OBJECT;
  }
}

/** How C# writes a type. */
export function render(type: CsType): string {
  switch (type.kind) {
    case 'value':
      return type.name;
    case 'named':
      return type.declaration.fullName;
    case 'array':
      return `${render(type.element)}[]`;
    case 'map':
      return `System.Collections.Generic.IDictionary<string, ${render(type.element)}>`;
    case 'union':
      return 'object';
  }
}

/** A declaration and everything that it extends. */
export function* lineage(declaration: Declaration): Generator<Declaration> {
  yield declaration;
  for (const base of declaration.bases()) {
    yield* lineage(base);
  }
}

export function memberOf(declaration: Declaration, name: string): Member | undefined {
  for (const ancestor of lineage(declaration)) {
    const member = ancestor.members().get(name);
    if (member) {
      return member;
    }
  }
  return undefined;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
