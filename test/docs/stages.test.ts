import * as fs from 'node:fs';
import * as path from 'node:path';
import { page } from '../../tools/docs/stages';

test('the page is what the stages of today are; npx projen docs:stages writes it', () => {
  expect(fs.readFileSync(path.join(__dirname, '../../docs/stages.md'), 'utf-8')).toBe(page());
});

test('every default has its row, and every stage its column', () => {
  const rows = page()
    .split('\n')
    .filter((line) => line.startsWith('| '));
  expect(rows[0]).toBe('| Option | What it is | `production` | `development` | `ephemeral` |');
  expect(rows).toContain('| `cpu` | The CPU units of a task | 512 | 256 | 256 |');
  expect(rows).toContain(
    '| `repositoryRemovalPolicy` | What happens to a `FlaskRepository` when it is removed from its stack | retain | retain | destroy |',
  );
  expect(rows.join('\n')).not.toMatch(/undefined|\[object/);
});
