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

test('no file of src imports itself by way of others', () => {
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    expect(way.includes(file) ? [...way.slice(way.indexOf(file)), file] : []).toEqual([]);
    if (!done.has(file)) {
      for (const target of IMPORTS.get(file) ?? []) {
        walk(target, [...way, file]);
      }
      done.add(file);
    }
  };
  expect(IMPORTS.size).toBeGreaterThan(100);
  for (const file of IMPORTS.keys()) {
    walk(file, []);
  }
});

test('no folder of src imports itself by way of others', () => {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of IMPORTS) {
    const folder = path.dirname(file);
    for (const target of targets.map((each) => path.dirname(each)).filter((each) => folder !== '.' && each !== folder)) {
      folders.set(folder, (folders.get(folder) ?? new Set()).add(target));
    }
  }
  const reached = (folder: string, seen = new Set<string>()): Set<string> => {
    for (const next of folders.get(folder) ?? []) {
      if (!seen.has(next)) {
        reached(next, seen.add(next));
      }
    }
    return seen;
  };
  expect([...folders.keys()].filter((folder) => reached(folder).has(folder))).toEqual([]);
});

test('no part imports the root', () => {
  const upward = [...IMPORTS].filter(([file, targets]) => !ROOTS.includes(file) && targets.some((target) => ROOTS.includes(target)));
  expect(upward.map(([file]) => file)).toEqual([]);
});
