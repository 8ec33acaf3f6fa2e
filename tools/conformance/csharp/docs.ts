import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT } from '../layout';
import type { Api } from './api';
import { checkProject } from './check';

const BLOCK = /^```csharp\n([\s\S]*?)^```$/gm;
const USING = /^using .*;$/;
/** What a block takes as given, `Stack stack;`, is made elsewhere in a program. */
const GIVEN = /^(?!using )[\w.]+ \w+;( \/\/.*)?$/;

/** What is wrong with the C# blocks of the pages in `docs/csharp`, which are statements: each becomes the body of a method. */
export async function checkPages(api: Api): Promise<{ readonly blocks: number; readonly findings: string[] }> {
  const folder = path.join(ROOT, 'docs/csharp');
  const findings: string[] = [];
  let blocks = 0;
  for (const page of fs.readdirSync(folder).sort()) {
    for (const [, block] of fs.readFileSync(path.join(folder, page), 'utf-8').matchAll(BLOCK)) {
      blocks += 1;
      findings.push(...(await checkProject(api, [{ name: `docs/csharp/${page}, block ${blocks}`, text: programOf(block) }])));
    }
  }
  return { blocks, findings };
}

/** A block as a program, which may be in a namespace. */
export function programOf(block: string, namespace?: string): string {
  const lines = block.split('\n');
  const statements = lines.filter((line) => !USING.test(line) && !GIVEN.test(line));
  return [
    ...lines.filter((line) => USING.test(line)),
    ...(namespace ? [`namespace ${namespace};`] : []),
    'class Page',
    '{',
    ...lines.filter((line) => GIVEN.test(line)),
    'void Block()',
    '{',
    ...statements,
    '}',
    '}',
  ].join('\n');
}
