import * as fs from 'node:fs';
import * as path from 'node:path';
import ts from 'typescript';

const SOURCE = path.join(__dirname, '../../../src');

/**
 * What a user can set or call: each property of an exported struct of options, each static factory of a choice, each method that adds or
 * connects something, each member of an enum. Read from the sources, so that it is complete by itself.
 */
export function publicOptions(): string[] {
  const exported = exportedFrom(path.join(SOURCE, 'index.ts'));
  return [...exported].flatMap(([name, declaration]) => membersOf(declaration).map((member) => `${name}.${member}`)).sort();
}

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration | ts.EnumDeclaration;

function exportedFrom(file: string): Map<string, Declaration> {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf-8'), ts.ScriptTarget.ES2022, true);
  const found = new Map<string, Declaration>();
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier)) {
      const inner = exportedFrom(fileOf(path.join(path.dirname(file), statement.moduleSpecifier.text)));
      const names = statement.exportClause && ts.isNamedExports(statement.exportClause) ? statement.exportClause.elements : undefined;
      const wanted = names?.map(({ name }) => name.text) ?? [...inner.keys()];
      for (const name of wanted) {
        const declaration = inner.get(name);
        if (declaration) {
          found.set(name, declaration);
        }
      }
    } else if (
      isDeclaration(statement) &&
      statement.name &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    ) {
      found.set(statement.name.text, statement);
    }
  }
  return found;
}

/** The class that a class extends where that is one of ours: its members are the subclass's. */
function baseOf(declaration: Declaration): Declaration | undefined {
  const [base] =
    (ts.isEnumDeclaration(declaration) ? undefined : declaration.heritageClauses)
      ?.filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
      .flatMap(({ types }) => types) ?? [];
  const source = declaration.getSourceFile();
  const name = base?.expression.getText();
  for (const statement of source.statements) {
    if (
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text.startsWith('.')
    ) {
      const bindings = statement.importClause?.namedBindings;
      if (bindings && ts.isNamedImports(bindings) && bindings.elements.some((element) => element.name.text === name)) {
        return exportedFrom(fileOf(path.join(path.dirname(source.fileName), statement.moduleSpecifier.text))).get(`${name}`);
      }
    }
  }
  return undefined;
}

function isDeclaration(node: ts.Node): node is Declaration {
  return ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node);
}

function fileOf(modulePath: string): string {
  return fs.existsSync(`${modulePath}.ts`) ? `${modulePath}.ts` : path.join(modulePath, 'index.ts');
}

function membersOf(declaration: Declaration): string[] {
  const isInternal = (node: ts.Node) => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
  const members: readonly ts.Node[] = declaration.members;
  const base = ts.isClassDeclaration(declaration) ? baseOf(declaration) : undefined;
  const inherited = base ? membersOf(base) : [];
  const own = members.flatMap((member) => {
    const name = (member as ts.NamedDeclaration).name?.getText() ?? '';
    if (name === '' || name.startsWith('_') || isInternal(member)) {
      return [];
    }
    if (ts.isInterfaceDeclaration(declaration)) {
      // behavioural interfaces (`IFlaskService`) are nothing that a user sets
      return /^I[A-Z]/.test(declaration.name.text) ? [] : [name];
    }
    if (ts.isEnumDeclaration(declaration)) {
      return [name];
    }
    const flags = ts.getCombinedModifierFlags(member as ts.Declaration);
    const isPublic = (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) === 0;
    return ts.isMethodDeclaration(member) && isPublic ? [name] : [];
  });
  return [...new Set([...own, ...inherited])];
}
