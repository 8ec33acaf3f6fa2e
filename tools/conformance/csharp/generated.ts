import * as fs from 'node:fs';
import type { Node } from '@vscode/tree-sitter-wasm';
import { type Api, type Argument, type Declaration, render } from './api';
import { children, csharpParser, field } from './parser';

/**
 * What the sources that jsii-pacmak wrote have otherwise than `api` says of the package: what is said of the CDK's packages, whose sources
 * are not written here, follows the same rules.
 */
export async function deviations(api: Api, assembly: string, sources: string[]): Promise<string[]> {
  const parse = await csharpParser();
  const written = new Map<string, string[]>();
  for (const source of sources) {
    collect(parse(fs.readFileSync(source, 'utf-8')), '', written);
  }
  const expected = new Map(api.declarations(assembly).map((declaration) => [declaration.fullName, signatures(declaration)]));
  return [...new Set([...written.keys(), ...expected.keys()])].sort().flatMap((name) => {
    const [want, got] = [expected.get(name), written.get(name)];
    if (!want || !got) {
      return [`${name}: ${want ? 'not generated' : 'not known'}`];
    }
    return [
      ...want.filter((signature) => !got.includes(signature)).map((signature) => `${name}: not generated: ${signature}`),
      ...got.filter((signature) => !want.includes(signature)).map((signature) => `${name}: not known: ${signature}`),
    ];
  });
}

function signatures(declaration: Declaration): string[] {
  const list = (parameters: Argument[]) => parameters.map(({ type, variadic }) => `${render(type)}${variadic ? '[]' : ''}`).join(', ');
  const members = [...declaration.members()].map(([name, { type, parameters }]) =>
    declaration.kind === 'enum' ? name : `${render(type)} ${name}${parameters ? `(${list(parameters)})` : ''}`,
  );
  const constructorParameters = declaration.struct ? undefined : declaration.constructorParameters();
  return [...members, ...(constructorParameters ? [`new(${list(constructorParameters)})`] : [])];
}

const DECLARATIONS = ['class_declaration', 'interface_declaration', 'enum_declaration'];
/** Made by jsii for itself. */
const INTERNAL = /^(Internal|NamespaceDoc|NamespaceGroupDoc)/;

function collect(node: Node, scope: string, found: Map<string, string[]>): void {
  for (const child of children(node)) {
    if (child.type === 'namespace_declaration') {
      collect(field(child, 'body'), field(child, 'name').text, found);
    } else if (DECLARATIONS.includes(child.type)) {
      const name = field(child, 'name').text;
      const attributed = child.namedChildren.some((part) => part?.type === 'attribute_list' && part.text.includes('JsiiTypeProxy'));
      if (!attributed && !INTERNAL.test(name) && !scope.includes('.Internal.')) {
        found.set(`${scope}.${name}`, membersIn(field(child, 'body')));
        collect(field(child, 'body'), `${scope}.${name}`, found);
      }
    }
  }
}

function membersIn(body: Node): string[] {
  return children(body).flatMap((member) => {
    const modifiers = children(member).filter(({ type }) => type === 'modifier');
    if (modifiers.some(({ text }) => text === 'private' || text === 'protected')) {
      return [];
    }
    switch (member.type) {
      case 'enum_member_declaration':
        return [field(member, 'name').text];
      case 'property_declaration':
        return [`${plain(field(member, 'type'))} ${field(member, 'name').text}`];
      case 'method_declaration':
        return [`${plain(field(member, 'returns'))} ${field(member, 'name').text}(${parametersIn(member)})`];
      case 'constructor_declaration':
        return [`new(${parametersIn(member)})`];
      default:
        return [];
    }
  });
}

function parametersIn(member: Node): string {
  const list = field(member, 'parameters');
  const types = children(list).flatMap((child) => (child.type === 'parameter' ? [plain(field(child, 'type'))] : []));
  // `params T[] rest` is no parameter of its own in the grammar
  const rest = list.childForFieldName('type');
  return [...types, ...(rest ? [plain(rest)] : [])].join(', ');
}

/** Without what says that there may be null. */
const plain = (type: Node) => type.text.replaceAll('?', '');
