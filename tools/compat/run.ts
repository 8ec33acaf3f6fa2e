/**
 * Fails where the API breaks what the last release promised: `npm run compat`, after a compile. A maintainer writes the new promise when a
 * version is released: `npm run compat -- --update`, which empties the need for entries in `.compatignore` too.
 */
import * as fs from 'node:fs';
import { BASELINE, baseline, breakingChanges, currentAssembly, IGNORED, writeBaseline } from './compat';

if (process.argv.includes('--update')) {
  writeBaseline(currentAssembly());
  console.log(`wrote the API of ${currentAssembly().version}: ${Math.round(fs.statSync(BASELINE).size / 1000)} kB`);
} else {
  const before = baseline();
  const changes = breakingChanges(before, fs.existsSync(IGNORED) ? fs.readFileSync(IGNORED, 'utf-8') : '');
  console.log(changes || `the API of ${before.version} is kept`);
  if (changes) {
    console.log('\nif a change is meant: its key and, in a line before it, the reason (# …) into .compatignore');
    process.exitCode = 1;
  }
}
