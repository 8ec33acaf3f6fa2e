import * as path from 'node:path';
import { Language, type Node, Parser } from '@vscode/tree-sitter-wasm';

let parser: Promise<Parser> | undefined;

async function make(): Promise<Parser> {
  await Parser.init();
  const grammar = path.join(path.dirname(require.resolve('@vscode/tree-sitter-wasm')), 'tree-sitter-c-sharp.wasm');
  return new Parser().setLanguage(await Language.load(grammar));
}

/** Returns the function that makes a syntax tree of C#. */
export async function csharpParser(): Promise<(text: string) => Node> {
  parser ??= make();
  const ready = await parser;
  return (text) => {
    const tree = ready.parse(text);
    if (!tree) {
      throw new Error('the text could not be parsed');
    }
    return tree.rootNode;
  };
}

/** The children that are not comments. */
export const children = (node: Node): Node[] =>
  node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');

export function field(node: Node, name: string): Node {
  const child = node.childForFieldName(name);
  if (!child) {
    throw new Error(`no ${name} in ${node.type}: ${node.text}`);
  }
  return child;
}
