/**
 * Holds the templates of integ.*.ts against their snapshots, without credentials: a change of what users get is seen before it is released.
 * `--update` writes the snapshots.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { formatDifferences, fullDiff } from '@aws-cdk/cloudformation-diff';
import { synthesize, templatesIn } from '../util/synthesize';

const update = process.argv.includes('--update');
let failed = 0;

for (const file of fs.readdirSync(__dirname).filter((name) => /^integ\..+\.ts$/.test(name))) {
  const snapshot = path.join(__dirname, file.replace(/\.ts$/, '.snapshot'));
  const templates = templatesIn(synthesize(path.join(__dirname, file)));
  if (update) {
    fs.rmSync(snapshot, { recursive: true, force: true });
    fs.mkdirSync(snapshot);
    for (const [stack, template] of templates) {
      fs.writeFileSync(path.join(snapshot, `${stack}.template.json`), `${JSON.stringify(template, undefined, 1)}\n`);
    }
    console.log(`wrote ${file}: ${[...templates.keys()].join(', ')}`);
    continue;
  }
  const expected = fs.existsSync(snapshot) ? templatesIn(snapshot) : new Map<string, object>();
  for (const stack of new Set([...expected.keys(), ...templates.keys()])) {
    const difference = fullDiff(expected.get(stack) ?? {}, templates.get(stack) ?? {});
    const count = difference.differenceCount;
    console.log(`${count === 0 ? 'unchanged' : `${count} differences`}: ${file} ${stack}`);
    if (count > 0) {
      formatDifferences(process.stdout, difference);
      failed += 1;
    }
  }
}

if (failed > 0) {
  console.error(`${failed} stacks differ from their snapshots; if that is meant: npx projen integ --update`);
  process.exitCode = 1;
}
