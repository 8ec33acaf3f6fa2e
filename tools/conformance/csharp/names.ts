import type { Api } from './api';
import type { SourceFile } from './check';
import { csharpParser } from './parser';

/** What the programs of the docs take from .NET, from jsii and from xUnit. */
const OF_OTHERS = [
  'AppContext',
  'BaseDirectory',
  'Combine',
  'DeputyBase',
  'Dictionary',
  'DirectoryInfo',
  'Exists',
  'Fact',
  'File',
  'FullName',
  'IO',
  'Parent',
  'Path',
];

/**
 * Looks up names alone, for programs with more of the language than `checkProject` knows: each name with a capital that is used as a type or as a member has to be one of
 * the API, of the program itself, or of .NET, and a type has to be in one alone of the namespaces that the file uses.
 */
export async function checkNames(api: Api, files: SourceFile[]): Promise<string[]> {
  const parse = await csharpParser();
  const trees = files.map(({ name, text }) => ({ name, root: parse(text) }));
  const own = new Set<string>();
  for (const { root } of trees) {
    for (const kind of ['class_declaration', 'method_declaration', 'property_declaration', 'constructor_declaration']) {
      for (const node of root.descendantsOfType(kind)) {
        own.add(node?.childForFieldName('name')?.text ?? '');
      }
    }
  }
  return trees.flatMap(({ name, root }) => {
    const where = (row: number) => `${name}:${row + 1}`;
    const broken = root.hasError ? [`${where(root.descendantsOfType('ERROR')[0]?.startPosition.row ?? 0)}: not C#`] : [];
    const unknown = root
      .descendantsOfType('identifier')
      .filter((node) => node !== null && /^[A-Z]/.test(node.text) && !isInDirective(node))
      .filter((node) => node && !api.simpleNames.has(node.text) && !own.has(node.text) && !OF_OTHERS.includes(node.text))
      .map((node) => `${where(node?.startPosition.row ?? 0)}: no ${node?.text}`);
    const usings = root.descendantsOfType('using_directive').map((node) => node?.text ?? '');
    const namespaces = usings.flatMap((using) => /^using ([\w.]+);$/.exec(using)?.[1] ?? []);
    const aliases = usings.flatMap((using) => /^using (\w+) = /.exec(using)?.[1] ?? []);
    const ambiguous = root.descendantsOfType(['member_access_expression', 'object_creation_expression']).flatMap((node) => {
      const type = node?.childForFieldName('expression') ?? node?.childForFieldName('type');
      const found =
        type?.type === 'identifier' && !own.has(type.text) && !aliases.includes(type.text)
          ? namespaces.filter((namespace) => api.find(`${namespace}.${type.text}`))
          : [];
      return found.length > 1 ? [`${where(type?.startPosition.row ?? 0)}: ${type?.text} is in ${found.join(' and in ')}`] : [];
    });
    return [...broken, ...unknown, ...ambiguous];
  });
}

/** Of a namespace: `using Xunit;`. */
function isInDirective(node: { readonly parent: unknown } | null): boolean {
  for (let at = node as { type?: string; parent: unknown } | null; at; at = at.parent as typeof at) {
    if (at.type === 'using_directive' || at.type === 'file_scoped_namespace_declaration') {
      return true;
    }
    if (at.type === 'class_declaration') {
      return false;
    }
  }
  return false;
}
