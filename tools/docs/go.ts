import {
  type Assembly,
  type Callable,
  type ClassType,
  type InterfaceType,
  isClassType,
  isCollectionTypeReference,
  isEnumType,
  isInterfaceType,
  isNamedTypeReference,
  isPrimitiveTypeReference,
  isUnionTypeReference,
  type Parameter,
  type Property,
  type TypeReference,
} from '@jsii/spec';
import * as ts from 'typescript';

/** Of jsii: what an expression is. */
type Of = TypeReference | undefined;
interface Expression {
  readonly text: string;
  readonly of?: Of;
}

const ANY = { primitive: 'any' } as TypeReference;
const STRING = { primitive: 'string' } as TypeReference;
/** What Go has no name for. */
const KEYWORDS = ['default', 'func', 'go', 'map', 'package', 'range', 'select', 'type', 'var'];
const JSII = 'github.com/aws/jsii-runtime-go';

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * The blocks of the docs in Go. jsii-rosetta writes Go that does not compile: structs without their package, properties without their getters, optional
 * arguments that are left out. Where each type is and what it takes is in the assemblies; a block is statements, not classes and functions.
 */
export class GoTranslator {
  private readonly byName: ReadonlyMap<string, Assembly>;

  public constructor(assemblies: Assembly[]) {
    this.byName = new Map(assemblies.map((assembly) => [assembly.name, assembly]));
  }

  public translate(code: string): string {
    return new GoBlock(this, ts.createSourceFile('block.ts', code, ts.ScriptTarget.Latest, true)).render();
  }

  public type(fqn: string) {
    const type = this.byName.get(fqn.split('.')[0])?.types?.[fqn];
    if (!type) {
      throw new Error(`no assembly has ${fqn}`);
    }
    return type;
  }

  /** The name of a type that a module exports: `aws-cdk-lib/aws-ec2` has those of a submodule. */
  public fqnOf(module: string, name: string): string {
    const [assembly, submodule] = module.split('/');
    return [assembly, ...(submodule ? [submodule.replaceAll('-', '_')] : []), name].join('.');
  }

  /** Where Go finds a type: the path of its package, and the last part of it, which is its name there. */
  public packageOf(fqn: string): { readonly path: string; readonly name: string } {
    const assembly = this.byName.get(fqn.split('.')[0]) as Assembly;
    const { moduleName, packageName = assembly.name } = assembly.targets?.go ?? {};
    const major = Number(assembly.version.split('.')[0]);
    const root = [moduleName, packageName, ...(major > 1 ? [`v${major}`] : [])].join('/');
    const { namespace } = this.type(fqn);
    if (!namespace) {
      return { path: root, name: packageName };
    }
    const owner = this.ownerOf(fqn);
    const parts = (owner ? namespace.slice(0, namespace.lastIndexOf('.')) : namespace)
      .split('.')
      .map((part) => part.replaceAll(/[^a-z0-9]/g, ''));
    return { path: [root, ...parts].join('/'), name: parts[parts.length - 1] };
  }

  /** The construct that a struct of an L1 construct belongs to. */
  public ownerOf(fqn: string): string | undefined {
    const scope = fqn.slice(0, fqn.lastIndexOf('.'));
    return this.byName.get(fqn.split('.')[0])?.types?.[scope]?.name;
  }

  public member(
    fqn: string,
    name: string,
  ): { readonly method?: Callable & { readonly returns?: { readonly type: TypeReference } }; readonly property?: Property } {
    const type = this.type(fqn);
    if (isEnumType(type)) {
      return {};
    }
    const method = type.methods?.find((candidate) => candidate.name === name);
    const property = type.properties?.find((candidate) => candidate.name === name);
    if (method || property) {
      return { method, property };
    }
    for (const parent of [...(isClassType(type) && type.base ? [type.base] : []), ...(type.interfaces ?? [])]) {
      const found = this.member(parent, name);
      if (found.method || found.property) {
        return found;
      }
    }
    return {};
  }

  public constructorOf(fqn: string): Callable | undefined {
    const type = this.type(fqn) as ClassType;
    return type.initializer ?? (type.base ? this.constructorOf(type.base) : undefined);
  }
}

class GoBlock {
  private readonly imports = new Set<string>();
  private readonly fqns = new Map<string, string>();
  private readonly variables = new Map<string, Of>();

  public constructor(
    private readonly go: GoTranslator,
    private readonly source: ts.SourceFile,
  ) {}

  public render(): string {
    const statements = this.source.statements.flatMap((statement) => {
      if (ts.isImportDeclaration(statement)) {
        this.remember(statement);
        return [];
      }
      return [this.commented(statement, this.statement(statement))];
    });
    const body = statements.join('\n').replace(/^\n+/, '');
    const paths = [...this.imports].sort().map((path) => `\t"${path}"`);
    return [...(paths.length > 0 ? ['import (', ...paths, ')', ''] : []), body].join('\n');
  }

  private remember({ importClause, moduleSpecifier }: ts.ImportDeclaration): void {
    const module = (moduleSpecifier as ts.StringLiteral).text;
    const bindings = importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) {
      throw this.unknown(moduleSpecifier);
    }
    for (const { name, propertyName = name } of bindings.elements) {
      this.fqns.set(name.text, this.go.fqnOf(module, propertyName.text));
    }
  }

  /** Keeps what stands before a node: its comments, and one empty line. */
  private commented(node: ts.Node, text: string): string {
    const full = this.source.text.slice(node.getFullStart(), node.getStart(this.source));
    const comments = full
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('//'));
    const end = /^ *(\/\/.*)/.exec(this.source.text.slice(node.end))?.[1];
    // a comment at the end of the line before belongs to that line
    const own = /^ *\/\//.test(full) ? comments.slice(1) : comments;
    const gap = /\n\s*\n/.test(full) ? [''] : [];
    return [...gap, ...own, end ? `${text} ${end}` : text].join('\n');
  }

  private statement(node: ts.Statement): string {
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations.map((declaration) => this.declaration(declaration)).join('\n');
    }
    if (ts.isExpressionStatement(node)) {
      return this.isAssignment(node.expression) ? this.assignment(node.expression) : this.expression(node.expression).text;
    }
    if (ts.isIfStatement(node)) {
      const otherwise = node.elseStatement ? ` else ${this.block(node.elseStatement)}` : '';
      return `if ${this.expression(node.expression).text} ${this.block(node.thenStatement)}${otherwise}`;
    }
    throw this.unknown(node);
  }

  private block(node: ts.Statement): string {
    const statements = ts.isBlock(node) ? [...node.statements] : [node];
    const end = /\{ *(\/\/.*)/.exec(node.getText(this.source).split('\n')[0])?.[1];
    const lines = statements.map((statement) => this.commented(statement, this.statement(statement)).replace(/^\n+/, ''));
    return `{${end ? ` ${end}` : ''}\n${indented(lines.join('\n'))}\n}`;
  }

  private declaration({ name, type, initializer }: ts.VariableDeclaration): string {
    const variable = (name as ts.Identifier).text;
    if (initializer) {
      const { text, of } = this.expression(initializer, type && this.typeOf(type));
      this.variables.set(variable, of);
      return `${safe(variable)} := ${text}`;
    }
    const of = this.typeOf(type as ts.TypeNode);
    this.variables.set(variable, of);
    return `var ${safe(variable)} ${this.typeName(of)}`;
  }

  private typeOf(node: ts.TypeNode): TypeReference {
    if (node.kind === ts.SyntaxKind.StringKeyword) {
      return STRING;
    }
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) {
      return { fqn: this.fqn(node.typeName) };
    }
    throw this.unknown(node);
  }

  private isAssignment(node: ts.Expression): node is ts.BinaryExpression {
    return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }

  private assignment({ left, right }: ts.BinaryExpression): string {
    if (ts.isIdentifier(left)) {
      return `${safe(left.text)} = ${this.expression(right, this.variables.get(left.text)).text}`;
    }
    if (ts.isPropertyAccessExpression(left)) {
      const object = this.expression(left.expression);
      const { property } = this.memberOf(object.of, left.name);
      return `${object.text}.Set${pascal(left.name.text)}(${this.expression(right, property?.type).text})`;
    }
    throw this.unknown(left);
  }

  private expression(node: ts.Expression, expected?: Of): Expression {
    const literal = this.literal(node, expected);
    if (literal) {
      return literal;
    }
    if (ts.isIdentifier(node)) {
      return { text: safe(node.text), of: this.variables.get(node.text) };
    }
    if (ts.isParenthesizedExpression(node)) {
      return this.expression(node.expression, expected);
    }
    if (ts.isNewExpression(node)) {
      const fqn = this.fqn(node.expression as ts.Identifier);
      const parameters = this.go.constructorOf(fqn)?.parameters;
      return { text: `${this.qualified(fqn, 'New')}(${this.arguments(node.arguments ?? [], parameters)})`, of: { fqn } };
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      return this.call(node, node.expression);
    }
    if (ts.isPropertyAccessExpression(node)) {
      return this.property(node);
    }
    if (ts.isElementAccessExpression(node)) {
      const { text, of } = this.expression(node.expression);
      const element = of && isCollectionTypeReference(of) ? of.collection.elementtype : undefined;
      return { text: `(*${text})[${node.argumentExpression.getText(this.source)}]`, of: element };
    }
    if (ts.isAsExpression(node)) {
      return this.cast(node);
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken) {
      return { text: `${this.expression(node.left).text} == ${this.expression(node.right, ANY).text}` };
    }
    throw this.unknown(node);
  }

  private literal(node: ts.Expression, expected: Of): Expression | undefined {
    const plain = expected && isPrimitiveTypeReference(expected) && expected.primitive === 'any';
    const pointer = (kind: string, text: string) => (plain ? text : `${this.jsii()}.${kind}(${text})`);
    if (ts.isStringLiteral(node)) {
      return { text: pointer('String', JSON.stringify(node.text)), of: STRING };
    }
    if (ts.isNumericLiteral(node)) {
      return { text: pointer('Number', node.getText(this.source)), of: { primitive: 'number' } as TypeReference };
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
      return { text: pointer('Bool', node.getText(this.source)), of: { primitive: 'boolean' } as TypeReference };
    }
    if (ts.isTemplateExpression(node)) {
      const parts = node.templateSpans.map(({ expression, literal }) => ({ ...this.expression(expression), rest: literal.text }));
      const format = node.head.text + parts.map(({ rest }) => `%s${rest}`).join('');
      return { text: `${this.jsii()}.Sprintf(${[JSON.stringify(format), ...parts.map(({ text }) => `*${text}`)].join(', ')})`, of: STRING };
    }
    if (ts.isArrayLiteralExpression(node)) {
      return this.list(node, expected);
    }
    return ts.isObjectLiteralExpression(node) ? this.object(node, expected) : undefined;
  }

  private list(node: ts.ArrayLiteralExpression, expected: Of): Expression {
    const of = this.alternatives(expected).find(isCollectionTypeReference);
    const element = of?.collection.elementtype ?? STRING;
    const items = node.elements.map((item) => this.expression(item, element).text);
    if (element === STRING || (isPrimitiveTypeReference(element) && element.primitive === 'string')) {
      const texts = node.elements.filter(ts.isStringLiteral).map((item) => JSON.stringify(item.text));
      const all = texts.length === items.length;
      return { text: all ? `${this.jsii()}.Strings(${texts.join(', ')})` : `&[]*string{${items.join(', ')}}`, of };
    }
    const lines = items.some((item) => item.includes('\n'))
      ? `\n${indented(items.map((item) => `${item},`).join('\n'))}\n`
      : items.join(', ');
    return { text: `&[]${this.typeName(element)}{${lines}}`, of };
  }

  private object(node: ts.ObjectLiteralExpression, expected: Of): Expression {
    const of = this.alternatives(expected).find((each) => isCollectionTypeReference(each) || this.isStruct(each));
    const map = of && isCollectionTypeReference(of) ? of.collection.elementtype : undefined;
    const struct = of && isNamedTypeReference(of) ? of.fqn : undefined;
    const lines = node.properties.map((property) => {
      if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) {
        throw this.unknown(property);
      }
      const name = ts.isStringLiteral(property.name) ? property.name.text : (property.name as ts.Identifier).text;
      const type = struct ? this.go.member(struct, name).property?.type : (map ?? ANY);
      if (type === undefined) {
        throw this.unknown(property);
      }
      const value = this.expression(ts.isPropertyAssignment(property) ? property.initializer : property.name, type).text;
      return this.commented(property, `${struct ? pascal(name) : JSON.stringify(name)}: ${value},`).replace(/^\n+/, '');
    });
    const type = struct ? this.qualified(struct) : `map[string]${map ? this.typeName(map) : 'interface{}'}`;
    return { text: `${struct || map ? '&' : ''}${type}{\n${indented(lines.join('\n'))}\n}`, of };
  }

  private call(node: ts.CallExpression, { expression, name }: ts.PropertyAccessExpression): Expression {
    const owner = ts.isIdentifier(expression) ? this.fqns.get(expression.text) : undefined;
    const object = owner ? undefined : this.expression(expression);
    const { method } = this.memberOf(owner ? { fqn: owner } : object?.of, name);
    const target = owner ? `${this.qualified(owner)}_${pascal(name.text)}` : `${object?.text}.${pascal(name.text)}`;
    return { text: `${target}(${this.arguments(node.arguments, method?.parameters)})`, of: method?.returns?.type };
  }

  private property({ expression, name }: ts.PropertyAccessExpression): Expression {
    const fqn = ts.isIdentifier(expression) ? this.fqns.get(expression.text) : undefined;
    if (fqn) {
      const of = { fqn };
      const type = this.go.type(fqn);
      if (isEnumType(type)) {
        return { text: `${this.qualified(fqn)}_${name.text}`, of };
      }
      return { text: `${this.qualified(fqn)}_${pascal(name.text)}()`, of: this.memberOf(of, name).property?.type };
    }
    const object = this.expression(expression);
    const { property } = this.memberOf(object.of, name);
    const getter = this.isStruct(object.of) ? '' : '()'; // what comes back of a struct has fields
    return { text: `${object.text}.${pascal(name.text)}${getter}`, of: property?.type };
  }

  private cast({ expression, type }: ts.AsExpression): Expression {
    const of = this.typeOf(type);
    const { text } = this.expression(expression);
    // a value of the context is a string, and what the library takes a pointer to one
    return { text: of === STRING ? `${this.jsii()}.String(${text}.(string))` : `${text}.(${this.typeName(of)})`, of };
  }

  /** Go has no optional arguments: what is left out is nil. */
  private arguments(given: readonly ts.Expression[], parameters: readonly Parameter[] = []): string {
    const variadic = parameters.find((parameter) => parameter.variadic)?.type;
    const texts = given.map((argument, index) => this.expression(argument, parameters[index]?.type ?? variadic).text);
    const left = parameters.slice(given.length).filter((parameter) => !parameter.variadic);
    return [...texts, ...left.map(() => 'nil')].join(', ');
  }

  private memberOf(of: Of, name: ts.MemberName) {
    const fqn = of && isNamedTypeReference(of) ? of.fqn : undefined;
    const member = fqn ? this.go.member(fqn, name.text) : {};
    if (!member.method && !member.property) {
      throw this.unknown(name);
    }
    return member;
  }

  private alternatives(of: Of): TypeReference[] {
    return of === undefined ? [] : isUnionTypeReference(of) ? of.union.types : [of];
  }

  private isStruct(of: Of): boolean {
    const type = of && isNamedTypeReference(of) ? this.go.type(of.fqn) : undefined;
    return type !== undefined && isInterfaceType(type) && (type as InterfaceType).datatype === true;
  }

  private typeName(of: TypeReference): string {
    if (isNamedTypeReference(of)) {
      return `${this.isStruct(of) ? '*' : ''}${this.qualified(of.fqn)}`;
    }
    if (isCollectionTypeReference(of)) {
      const element = this.typeName(of.collection.elementtype);
      return of.collection.kind === 'array' ? `*[]${element}` : `*map[string]${element}`;
    }
    const primitives: Readonly<Record<string, string>> = { string: '*string', number: '*float64', boolean: '*bool' };
    return (isPrimitiveTypeReference(of) && primitives[of.primitive]) || 'interface{}';
  }

  private qualified(fqn: string, prefix = ''): string {
    const { path, name } = this.go.packageOf(fqn);
    this.imports.add(path);
    return `${name}.${prefix}${[this.go.ownerOf(fqn) ?? [], this.go.type(fqn).name].flat().join('_')}`;
  }

  private jsii(): string {
    this.imports.add(JSII);
    return 'jsii';
  }

  private fqn(node: ts.Identifier): string {
    const fqn = this.fqns.get(node.text);
    if (fqn === undefined) {
      throw this.unknown(node);
    }
    return fqn;
  }

  private unknown(node: ts.Node): Error {
    const { line } = this.source.getLineAndCharacterOfPosition(node.getStart(this.source));
    return new Error(`line ${line + 1} has no translation to Go: ${node.getText(this.source)}`);
  }
}

const safe = (name: string) => (KEYWORDS.includes(name) ? `${name}_` : name);

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '\t');
