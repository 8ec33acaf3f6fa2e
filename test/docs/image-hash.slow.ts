import * as fs from 'node:fs';
import * as path from 'node:path';
import { page } from '../../tools/docs/image-hash';

test('the table of what is in the hash is what the options of today do; npx projen docs:hash writes it', () => {
  const text = fs.readFileSync(path.join(__dirname, '../../docs/image.md'), 'utf-8');
  const written = page(text);
  expect(text).toBe(written);
  expect(written).toContain('| `port` | yes | no |');
  expect(written).toContain('| `cacheTo` | no | no |');
});
