import type { Node } from '@vscode/tree-sitter-wasm';
import { type Api, type Argument, type CsType, type Declaration, lineage, type Member, memberOf, OBJECT, render } from './api';
import { children, csharpParser, field } from './parser';

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** What an expression is: a value of a type, or the name of a type before a dot. */
interface Meaning {
  readonly value?: CsType;
  /** Of a name that is both: `Cluster` in a class that has a property `Cluster`. */
  readonly type?: Declaration;
}

const STRING: CsType = { kind: 'value', name: 'string' };
const DOUBLE: CsType = { kind: 'value', name: 'double' };
const BOOL: CsType = { kind: 'value', name: 'bool' };
const NULL: CsType = { kind: 'value', name: 'null' };
const VOID: CsType = { kind: 'value', name: 'void' };
const PREDEFINED: Readonly<Record<string, CsType>> = {
  string: STRING,
  double: DOUBLE,
  int: DOUBLE,
  bool: BOOL,
  object: OBJECT,
  void: VOID,
};
const SYSTEM_NAMESPACES = ['System', 'System.Collections.Generic', 'System.Linq'];

/**
 * Looks up every name in the sources of one C# project: namespaces, types, members, arguments and the types of what is given to them. It
 * knows as much of the language as examples need; what it does not know is a finding too, so that nothing passes unseen.
 */
export async function checkProject(api: Api, files: SourceFile[]): Promise<string[]> {
  const parse = await csharpParser();
  const project = new Project(
    api,
    files.map(({ name, text }) => ({ name, root: parse(text) })),
  );
  return project.check();
}

class Project {
  public readonly findings: string[] = [];
  /** The classes of the project itself. */
  public readonly own = new Map<string, OwnClass>();
  private readonly units: Unit[];

  public constructor(
    public readonly api: Api,
    files: { readonly name: string; readonly root: Node }[],
  ) {
    this.units = files.map(({ name, root }) => new Unit(this, name, root));
  }

  public check(): string[] {
    for (const unit of this.units) {
      unit.declare();
    }
    for (const declaration of this.own.values()) {
      declaration.declare();
    }
    for (const unit of this.units) {
      unit.check();
    }
    return this.findings;
  }
}

class OwnClass implements Declaration {
  public readonly kind = 'class';
  public readonly struct = false;
  public readonly deprecated = false;
  private readonly membersByName = new Map<string, Member>();
  private parameters: Argument[] = [];
  private base: Declaration | undefined;

  public constructor(
    public readonly fullName: string,
    private readonly node: Node,
    private readonly unit: Unit,
  ) {}

  public bases = () => (this.base ? [this.base] : []);
  public members = () => this.membersByName;
  public constructorParameters = () => this.parameters;

  /** The names and types, before any body is looked at. */
  public declare(): void {
    const bases = children(this.node).find(({ type }) => type === 'base_list');
    const [base] = bases ? children(bases) : [];
    const type = base ? this.unit.typeOf(base) : undefined;
    this.base = type?.kind === 'named' ? type.declaration : undefined;
    for (const member of this.bodies()) {
      const isStatic = children(member).some((child) => child.type === 'modifier' && /^(static|const)$/.test(child.text));
      if (member.type === 'constructor_declaration') {
        this.parameters = this.unit.parametersOf(member);
      } else if (member.type === 'method_declaration') {
        const type = this.unit.typeOf(field(member, 'returns'));
        const parameters = this.unit.parametersOf(member);
        this.membersByName.set(field(member, 'name').text, { static: isStatic, deprecated: false, type, parameters });
      } else if (member.type === 'property_declaration') {
        const type = this.unit.typeOf(field(member, 'type'));
        this.membersByName.set(field(member, 'name').text, { static: isStatic, deprecated: false, type, settable: true });
      } else if (member.type === 'field_declaration') {
        for (const [name, type] of this.unit.variablesOf(children(member).find((child) => child.type === 'variable_declaration') as Node)) {
          this.membersByName.set(name.text, { static: isStatic, deprecated: false, type: type ?? OBJECT, settable: true });
        }
      } else {
        this.unit.find(member, `not understood by this check: ${member.type}`);
      }
    }
  }

  public check(): void {
    for (const member of this.bodies()) {
      const scope = new Scope(this.unit, this);
      if (member.type === 'field_declaration') {
        const declaration = children(member).find((child) => child.type === 'variable_declaration') as Node;
        scope.variables(declaration);
        continue;
      }
      for (const { name, type } of member.type === 'property_declaration' ? [] : this.unit.parametersOf(member)) {
        scope.locals.set(name, type);
      }
      const initializer = children(member).find(({ type }) => type === 'constructor_initializer');
      if (initializer) {
        const parameters = initializer.text.includes('base') ? this.base?.constructorParameters() : this.parameters;
        scope.arguments(children(initializer)[0], parameters ?? [], initializer);
      }
      const body = member.childForFieldName('body');
      if (body?.type === 'block') {
        scope.statements(children(body));
      } else if (body) {
        scope.expression(children(body)[0]);
      }
    }
  }

  private bodies(): Node[] {
    return children(field(this.node, 'body'));
  }
}

/**
 * Types of the namespaces that .NET's implicit usings bring (System, System.IO, System.Linq, System.Net.Http, System.Threading and System.Threading.Tasks) whose names
 * the CDK has too.
 */
export const IMPLICIT_TYPES = [
  'Environment',
  'TimeZone',
  'Timer',
  'Lazy',
  'Attribute',
  'Version',
  'Range',
  'Index',
  'Action',
  'Type',
  'Monitor',
  'Path',
  'File',
  'Volume',
  'Task',
  'Timeout',
  'Lock',
  'Stream',
  'HttpMethod',
  'Parallel',
];

/** One file. */
class Unit {
  private readonly usings: string[] = [];
  private readonly aliases = new Map<string, string>();
  private namespace = '';

  public constructor(
    public readonly project: Project,
    private readonly name: string,
    private readonly root: Node,
  ) {}

  public find(node: Node, message: string): void {
    this.project.findings.push(`${this.name}:${node.startPosition.row + 1}: ${message}`);
  }

  public declare(): void {
    if (this.root.hasError) {
      this.find(this.root.descendantsOfType('ERROR')[0] ?? this.root, 'not C#');
      return;
    }
    for (const node of children(this.root)) {
      if (node.type === 'using_directive') {
        const alias = node.childForFieldName('name');
        if (alias) {
          this.aliases.set(alias.text, children(node)[1].text);
        } else {
          this.usings.push(children(node)[0].text);
        }
      } else if (node.type === 'file_scoped_namespace_declaration') {
        this.namespace = field(node, 'name').text;
      } else if (node.type === 'class_declaration') {
        const fullName = `${this.namespace}.${field(node, 'name').text}`;
        this.project.own.set(fullName, new OwnClass(fullName, node, this));
      } else if (node.type !== 'global_statement') {
        this.find(node, `not understood by this check: ${node.type}`);
      }
    }
  }

  public check(): void {
    if (this.root.hasError) {
      return;
    }
    const ownNamespaces = [...this.project.own.keys()].map((name) => name.slice(0, name.lastIndexOf('.')));
    const known = (name: string) => this.project.api.hasNamespace(name) || SYSTEM_NAMESPACES.includes(name) || ownNamespaces.includes(name);
    for (const node of children(this.root).filter(({ type }) => type === 'using_directive')) {
      const name = (children(node)[1] ?? children(node)[0]).text;
      if (node.childForFieldName('name') ? !this.project.api.find(name) : !known(name)) {
        this.find(node, `no ${node.childForFieldName('name') ? 'type' : 'namespace'} ${name}`);
      }
    }
    const classes = children(this.root).filter(({ type }) => type === 'class_declaration');
    for (const node of classes) {
      this.project.own.get(`${this.namespace}.${field(node, 'name').text}`)?.check();
    }
    const top = children(this.root).filter(({ type }) => type === 'global_statement');
    new Scope(this).statements(top.flatMap(children));
  }

  /** The class of a simple name, as the compiler looks for it: in the own namespace and among the aliases, then in all namespaces that are used. */
  public resolve(name: string): Declaration[] {
    const { api, own } = this.project;
    const inside = own.get(`${this.namespace}.${name}`) ?? api.find(this.aliases.get(name) ?? (name.includes('.') ? name : ''));
    if (inside) {
      return [inside];
    }
    return this.usings.flatMap((namespace) => own.get(`${namespace}.${name}`) ?? api.find(`${namespace}.${name}`) ?? []);
  }

  /** A name that is also that of a type in the namespaces that `dotnet new` uses implicitly needs an alias. */
  public requireUnambiguous(node: Node, { fullName }: Declaration): void {
    const name = node.text;
    if (IMPLICIT_TYPES.includes(name) && !this.aliases.has(name) && !this.project.own.has(`${this.namespace}.${name}`)) {
      this.find(node, `${name} is ${fullName} or, with implicit usings, one of System: add an alias`);
    }
  }

  public typeOf(node: Node): CsType {
    if (node.type === 'predefined_type') {
      return PREDEFINED[node.text] ?? this.unknown(node, `not understood by this check: ${node.text}`);
    }
    if (node.type === 'array_type') {
      return { kind: 'array', element: this.typeOf(field(node, 'type')) };
    }
    if (node.type === 'nullable_type') {
      return this.typeOf(children(node)[0]);
    }
    if (node.type === 'generic_name') {
      return this.genericOf(node);
    }
    const found = this.resolve(node.text);
    if (found.length !== 1) {
      const message = found.length === 0 ? `no type ${node.text}` : `${node.text} is ${found.map(({ fullName }) => fullName).join(' or ')}`;
      return this.unknown(node, message);
    }
    this.requireUnambiguous(node, found[0]);
    return { kind: 'named', declaration: this.current(node, found[0]) };
  }

  public current(node: Node, declaration: Declaration): Declaration {
    if (declaration.deprecated) {
      this.find(node, `${declaration.fullName} is deprecated`);
    }
    return declaration;
  }

  public parametersOf(member: Node): Argument[] {
    return children(field(member, 'parameters')).map((parameter) => ({
      name: field(parameter, 'name').text,
      type: this.typeOf(field(parameter, 'type')),
      optional: children(parameter).length > 2,
      variadic: false,
    }));
  }

  /** The names of a declaration, with their type unless it is `var`, and the node of their value. */
  public variablesOf(declaration: Node): [name: Node, type: CsType | undefined, value: Node | undefined][] {
    const type = field(declaration, 'type');
    const declared = type.type === 'implicit_type' ? undefined : this.typeOf(type);
    return children(declaration)
      .filter((child) => child.type === 'variable_declarator')
      .map((child) => [field(child, 'name'), declared, children(child)[1]]);
  }

  private genericOf(node: Node): CsType {
    const [name, list] = children(node);
    const types = children(list).map((argument) => this.typeOf(argument));
    if (!this.usings.includes('System.Collections.Generic')) {
      this.find(node, `no type ${name.text} without using System.Collections.Generic`);
    }
    if (/^I?Dictionary$/.test(name.text) && types.length === 2 && types[0] === STRING) {
      return { kind: 'map', element: types[1] };
    }
    if (/^(I(Readonly)?|)List$/i.test(name.text) && types.length === 1) {
      return this.unknown(node, `jsii takes arrays, not ${node.text}`);
    }
    return this.unknown(node, `not understood by this check: ${node.text}`);
  }

  private unknown(node: Node, message: string): CsType {
    this.find(node, message);
    // fits everywhere: one finding is enough
    return NULL;
  }
}

/** The statements of one body. */
class Scope {
  public readonly locals = new Map<string, CsType>();

  public constructor(
    private readonly unit: Unit,
    private readonly owner?: OwnClass,
  ) {}

  public statements(nodes: Node[]): void {
    for (const node of nodes) {
      this.statement(node);
    }
  }

  public variables(declaration: Node): void {
    for (const [name, declared, value] of this.unit.variablesOf(declaration)) {
      const type = value ? this.value(value, declared) : OBJECT;
      if (value && declared) {
        this.expectType(value, type, declared);
      }
      this.locals.set(name.text, declared ?? type);
    }
  }

  /** Checks what is given to a constructor or a method. */
  public arguments(list: Node, parameters: Argument[], at: Node): void {
    const given = children(list);
    const named = given.filter((argument) => argument.childForFieldName('name'));
    const variadic = parameters.at(-1)?.variadic === true;
    if (!variadic && given.length > parameters.length) {
      this.unit.find(at, `${given.length} arguments, and ${parameters.length} are taken: ${at.text.split('\n')[0]}`);
    }
    const missing = parameters.find(
      ({ name, optional, variadic: rest }, index) =>
        !optional && !rest && index >= given.length - named.length && !named.some((argument) => field(argument, 'name').text === name),
    );
    if (missing) {
      this.unit.find(at, `no argument for ${missing.name}: ${at.text.split('\n')[0]}`);
    }
    given.forEach((argument, index) => {
      const name = argument.childForFieldName('name')?.text;
      const parameter = name
        ? parameters.find((each) => each.name === name)
        : (parameters[index] ?? (variadic ? parameters.at(-1) : undefined));
      const expression = argument.namedChildren.at(-1) ?? argument.child(0);
      if (!expression) {
        return;
      }
      const type = this.value(expression, parameter?.type);
      if (parameter) {
        this.expectType(expression, type, parameter.type);
      } else if (name) {
        this.unit.find(argument, `no parameter ${name}`);
      }
    });
  }

  /** The type of an expression. `wanted` is what its place asks for: `new()` and `[]` need it. */
  public expression(node: Node, wanted?: CsType): Meaning {
    switch (node.type) {
      case 'string_literal':
      case 'verbatim_string_literal':
      case 'raw_string_literal':
        return { value: STRING };
      case 'integer_literal':
      case 'real_literal':
        return { value: DOUBLE };
      case 'boolean_literal':
        return { value: BOOL };
      case 'null_literal':
        return { value: NULL };
      case 'this':
        return { value: this.owner ? { kind: 'named', declaration: this.owner } : this.unknown(node, 'this, outside of a class') };
      case 'interpolated_string_expression':
        for (const part of children(node).filter(({ type }) => type === 'interpolation')) {
          for (const inner of children(part).filter(({ type }) => type !== 'interpolation_brace')) {
            this.value(inner);
          }
        }
        return { value: STRING };
      case 'identifier':
        return this.identifier(node);
      case 'qualified_name': {
        return { type: this.unit.resolve(node.text)[0] };
      }
      case 'member_access_expression': {
        const name = field(node, 'name');
        const owner = field(node, 'expression');
        const qualified = /^[A-Za-z0-9_.]+$/.test(node.text) ? this.unit.resolve(node.text) : [];
        if (qualified.length === 1 && node.text.includes('.') && !this.known(owner)) {
          return { type: qualified[0] };
        }
        return this.access(this.expression(owner), name);
      }
      case 'conditional_access_expression': {
        const [condition, rest] = children(node);
        return this.chain(this.expression(condition), rest);
      }
      case 'element_access_expression': {
        const list = this.value(field(node, 'expression'));
        return { value: list.kind === 'array' ? list.element : this.unknown(node, `no index in ${render(list)}`) };
      }
      case 'invocation_expression':
        return { value: this.invocation(node) };
      case 'object_creation_expression':
        return { value: this.creation(node, this.unit.typeOf(field(node, 'type'))) };
      case 'implicit_object_creation_expression':
        return { value: wanted ? this.creation(node, wanted) : this.unknown(node, 'new() of what?') };
      case 'implicit_array_creation_expression':
      case 'array_creation_expression':
      case 'collection_expression':
        return { value: this.array(node, wanted) };
      case 'conditional_expression': {
        this.value(field(node, 'condition'));
        const value = this.value(field(node, 'consequence'), wanted);
        const other = this.value(field(node, 'alternative'), wanted);
        if (!accepts(value, other) && !accepts(other, value)) {
          this.unit.find(node, `neither ${render(value)} nor ${render(other)} is the other`);
        }
        return { value: value === NULL ? other : value };
      }
      case 'binary_expression':
        return { value: this.binary(node, wanted) };
      case 'as_expression':
        this.value(field(node, 'left'));
        return { value: this.unit.typeOf(field(node, 'right')) };
      case 'cast_expression':
        this.value(field(node, 'value'));
        return { value: this.unit.typeOf(field(node, 'type')) };
      case 'is_pattern_expression': {
        this.value(field(node, 'expression'));
        const pattern = field(node, 'pattern');
        if (pattern.type === 'declaration_pattern') {
          this.locals.set(field(pattern, 'name').text, this.unit.typeOf(field(pattern, 'type')));
        }
        return { value: BOOL };
      }
      case 'parenthesized_expression':
        return this.expression(children(node)[0], wanted);
      case 'assignment_expression': {
        const left = this.value(field(node, 'left'));
        this.expectType(field(node, 'right'), this.value(field(node, 'right'), left), left);
        return { value: left };
      }
      default:
        return { value: this.unknown(node, `not understood by this check: ${node.type}`) };
    }
  }

  private statement(node: Node): void {
    switch (node.type) {
      case 'local_declaration_statement':
        this.variables(children(node).find((child) => child.type === 'variable_declaration') as Node);
        return;
      case 'expression_statement':
        this.expression(children(node)[0]);
        return;
      case 'return_statement':
        for (const child of children(node)) {
          this.value(child);
        }
        return;
      case 'if_statement':
        this.value(field(node, 'condition'));
        this.statement(field(node, 'consequence'));
        if (node.childForFieldName('alternative')) {
          this.statement(field(node, 'alternative'));
        }
        return;
      case 'block':
        this.statements(children(node));
        return;
      default:
        this.unit.find(node, `not understood by this check: ${node.type}`);
    }
  }

  private value(node: Node, wanted?: CsType): CsType {
    const { value, type } = this.expression(node, wanted);
    return value ?? this.unknown(node, type ? `${node.text} is a type, not a value` : `no ${node.text}`);
  }

  private known(node: Node): boolean {
    const [first] = node.text.split('.');
    return (
      this.locals.has(first) ||
      (this.owner !== undefined && memberOf(this.owner, first) !== undefined) ||
      this.unit.resolve(first).length > 0
    );
  }

  private identifier(node: Node): Meaning {
    const name = node.text;
    const local = this.locals.get(name);
    if (local) {
      return { value: local };
    }
    const types = this.unit.resolve(name);
    const member = this.owner ? memberOf(this.owner, name) : undefined;
    if (!member && types.length > 1) {
      this.unit.find(node, `${name} is ${types.map(({ fullName }) => fullName).join(' or ')}`);
    }
    if (!member && types.length === 0) {
      return { value: this.unknown(node, `no ${name}`) };
    }
    if (!member && types.length === 1) {
      this.unit.requireUnambiguous(node, types[0]);
    }
    return { value: member?.type, type: types[0] };
  }

  private access(owner: Meaning, name: Node): Meaning {
    const instance = owner.value?.kind === 'named' ? memberOf(owner.value.declaration, name.text) : undefined;
    const shared = owner.type ? memberOf(owner.type, name.text) : undefined;
    const member = instance && !instance.static ? instance : shared?.static ? shared : undefined;
    if (!member) {
      const where = owner.type?.fullName ?? (owner.value ? render(owner.value) : '?');
      const wrong = instance ?? shared;
      const message = wrong ? `${where}.${name.text} is ${wrong.static ? '' : 'not '}static` : `no ${name.text} in ${where}`;
      return { value: this.unknown(name, message) };
    }
    if (member.deprecated) {
      this.unit.find(name, `${name.text} is deprecated`);
    }
    return { value: member.type };
  }

  /** What follows `?.`: members and calls, each of what is before it. */
  private chain(owner: Meaning, node: Node): Meaning {
    switch (node.type) {
      case 'member_binding_expression':
        return this.access(owner, field(node, 'name'));
      case 'member_access_expression':
        return this.access(this.chain(owner, field(node, 'expression')), field(node, 'name'));
      case 'invocation_expression': {
        const callee = field(node, 'function');
        const [target, name] =
          callee.type === 'member_binding_expression'
            ? [owner, field(callee, 'name')]
            : [this.chain(owner, field(callee, 'expression')), field(callee, 'name')];
        return { value: this.call(target, name, node) };
      }
      default:
        return { value: this.unknown(node, `not understood by this check: ${node.type}`) };
    }
  }

  private invocation(node: Node): CsType {
    const callee = field(node, 'function');
    if (callee.type === 'member_access_expression') {
      return this.call(this.expression(field(callee, 'expression')), field(callee, 'name'), node);
    }
    if (callee.type === 'conditional_access_expression') {
      const [condition, rest] = children(callee);
      const [owner, name] =
        rest.type === 'member_access_expression'
          ? [this.chain(this.expression(condition), field(rest, 'expression')), field(rest, 'name')]
          : [this.expression(condition), field(rest, 'name')];
      return this.call(owner, name, node);
    }
    const method = this.owner ? memberOf(this.owner, callee.text) : undefined;
    if (!method?.parameters) {
      return this.unknown(callee, `no method ${callee.text}`);
    }
    this.arguments(field(node, 'arguments'), method.parameters, node);
    return method.type;
  }

  private call(owner: Meaning, name: Node, node: Node): CsType {
    const before = this.unit.project.findings.length;
    const { value } = this.access(owner, name);
    const candidates = [owner.value?.kind === 'named' ? owner.value.declaration : undefined, owner.type];
    const method = candidates.flatMap((each) => (each ? (memberOf(each, name.text) ?? []) : [])).find(({ parameters }) => parameters);
    if (method?.parameters) {
      this.arguments(field(node, 'arguments'), method.parameters, node);
    } else if (this.unit.project.findings.length === before) {
      this.unit.find(name, `${name.text} is no method`);
    }
    return value ?? OBJECT;
  }

  private creation(node: Node, type: CsType): CsType {
    const list = node.childForFieldName('arguments') ?? children(node).find((child) => child.type === 'argument_list');
    const initializer = node.childForFieldName('initializer') ?? children(node).find((child) => child.type === 'initializer_expression');
    if (type.kind === 'map') {
      this.dictionary(initializer, type);
      return type;
    }
    if (type.kind !== 'named') {
      return type;
    }
    const parameters = type.declaration.constructorParameters();
    if (type.declaration.kind !== 'class' || !parameters) {
      return this.unknown(node, `nobody but the package makes a ${type.declaration.fullName}`);
    }
    if (list) {
      this.arguments(list, parameters, node);
    }
    const set = (initializer ? children(initializer) : []).map((assignment) => this.property(assignment, type.declaration));
    const missing = [...type.declaration.members()].filter(([name, { required }]) => required && !set.includes(name)).map(([name]) => name);
    if (missing.length > 0) {
      this.unit.find(node, `${type.declaration.fullName} needs ${missing.join(', ')}`);
    }
    return type;
  }

  private property(assignment: Node, declaration: Declaration): string {
    const left = assignment.childForFieldName('left');
    if (assignment.type !== 'assignment_expression' || !left) {
      this.unit.find(assignment, `not understood by this check: ${assignment.type}`);
      return '';
    }
    const member = memberOf(declaration, left.text);
    const right = field(assignment, 'right');
    if (!member || member.static || member.parameters) {
      this.unit.find(left, `no property ${left.text} in ${declaration.fullName}`);
      this.value(right);
      return left.text;
    }
    if (!member.settable) {
      this.unit.find(left, `${declaration.fullName}.${left.text} cannot be set`);
    }
    if (member.deprecated) {
      this.unit.find(left, `${declaration.fullName}.${left.text} is deprecated`);
    }
    this.expectType(right, this.value(right, member.type), member.type);
    return left.text;
  }

  private dictionary(initializer: Node | undefined, type: CsType & { kind: 'map' }): void {
    for (const entry of initializer ? children(initializer) : []) {
      const [key, value] =
        entry.type === 'assignment_expression'
          ? [children(children(field(entry, 'left'))[0])[0], field(entry, 'right')]
          : [children(entry)[0], children(entry)[1]];
      this.expectType(key, this.value(key), STRING);
      this.expectType(value, this.value(value, type.element), type.element);
    }
  }

  private array(node: Node, wanted: CsType | undefined): CsType {
    const declared = node.type === 'array_creation_expression' ? this.unit.typeOf(field(node, 'type')) : undefined;
    const target = declared ?? wanted;
    const list = node.type === 'collection_expression' ? node : children(node).find((child) => child.type === 'initializer_expression');
    const elements = list ? children(list) : [];
    const element = target?.kind === 'array' ? target.element : undefined;
    const types = elements.map((each) => this.value(each, element));
    if (declared?.kind === 'array') {
      elements.forEach((each, index) => {
        this.expectType(each, types[index], declared.element);
      });
      return declared;
    }
    if (node.type === 'collection_expression' && element) {
      elements.forEach((each, index) => {
        this.expectType(each, types[index], element);
      });
      return { kind: 'array', element };
    }
    // `new[] { … }` has the type of that element which takes all others
    const common = types.find((type) => types.every((other) => accepts(type, other)));
    return common ? { kind: 'array', element: common } : this.unknown(node, 'no element has a type that takes all others: say new T[]');
  }

  private binary(node: Node, wanted: CsType | undefined): CsType {
    const left = this.value(field(node, 'left'), wanted);
    const right = this.value(field(node, 'right'), wanted);
    const operator = node.childForFieldName('operator')?.text ?? '';
    switch (operator) {
      case '??':
        this.expectType(field(node, 'right'), right, left);
        return left;
      case '+':
        return left === STRING || right === STRING ? STRING : DOUBLE;
      case '-':
      case '*':
      case '/':
        return DOUBLE;
      case '==':
      case '!=':
      case '<':
      case '>':
      case '<=':
      case '>=':
      case '&&':
      case '||':
        return BOOL;
      default:
        return this.unknown(node, `not understood by this check: ${operator}`);
    }
  }

  private expectType(node: Node, actual: CsType, expected: CsType): void {
    if (!accepts(expected, actual)) {
      this.unit.find(node, `${render(actual)} is given, and ${describe(expected)} is asked for: ${node.text.split('\n')[0]}`);
    }
  }

  private unknown(node: Node, message: string): CsType {
    this.unit.find(node, message);
    return NULL;
  }
}

const describe = (type: CsType): string => (type.kind === 'union' ? type.types.map(describe).join(' or ') : render(type));

/** Whether a value of the second type can be given where the first is asked for. */
function accepts(expected: CsType, actual: CsType): boolean {
  if (expected === actual || actual === NULL || (expected.kind === 'value' && expected.name === 'object')) {
    return true;
  }
  if (expected.kind === 'union') {
    return expected.types.some((type) => accepts(type, actual));
  }
  if (expected.kind === 'named' && actual.kind === 'named') {
    return [...lineage(actual.declaration)].includes(expected.declaration);
  }
  if (expected.kind === 'array' && actual.kind === 'array') {
    return accepts(expected.element, actual.element);
  }
  // a Dictionary<string, A> is no IDictionary<string, B>, whatever A and B are to each other
  return expected.kind === 'map' && actual.kind === 'map'
    ? render(expected.element) === render(actual.element)
    : render(expected) === render(actual);
}
