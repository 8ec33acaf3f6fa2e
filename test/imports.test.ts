import * as fs from 'node:fs';
import * as path from 'node:path';

const SRC = path.join(__dirname, '../src');
const ROOTS = ['flask-fargate-service', 'flask-service-additions', 'flask-fargate-service-props', 'index'];

/** What each file of src imports from src, types too. */
const IMPORTS = new Map(
  fs
    .readdirSync(SRC, { recursive: true, encoding: 'utf-8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file.slice(0, -'.ts'.length), importsOf(file)]),
);

function importsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(SRC, file), 'utf-8');
  return [...text.matchAll(/ from '(\.[^']*)';$/gm)].map(([, target]) => {
    const found = path.join(path.dirname(file), target);
    return fs.existsSync(path.join(SRC, `${found}.ts`)) ? found : path.join(found, 'index');
  });
}

/** The nodes that are reached from themselves. */
function inCircles(graph: ReadonlyMap<string, Iterable<string>>): string[] {
  const reached = (node: string, seen = new Set<string>()): Set<string> => {
    for (const next of graph.get(node) ?? []) {
      if (!seen.has(next)) {
        reached(next, seen.add(next));
      }
    }
    return seen;
  };
  return [...graph.keys()].filter((node) => reached(node).has(node));
}

test('no file of src imports itself by way of others', () => {
  expect(IMPORTS.size).toBeGreaterThan(100);
  expect(inCircles(IMPORTS)).toEqual([]);
});

test('no folder of src imports itself by way of others', () => {
  const folders = new Map<string, string[]>();
  for (const [file, targets] of IMPORTS) {
    const folder = path.dirname(file);
    const others = targets.map((target) => path.dirname(target)).filter((other) => folder !== '.' && other !== folder);
    folders.set(folder, [...(folders.get(folder) ?? []), ...others]);
  }
  expect(inCircles(folders)).toEqual([]);
});

test('no part imports the root', () => {
  const upward = [...IMPORTS].filter(([file, targets]) => !ROOTS.includes(file) && targets.some((target) => ROOTS.includes(target)));
  expect(upward.map(([file]) => file)).toEqual([]);
});
