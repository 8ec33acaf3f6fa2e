/**
 * Gives each example the feature flags that `cdk init` gives a new app, so that its first synth has nothing to say of them: `npx projen docs:cdk-json`. The rest of each
 * `cdk.json` stays as it is.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';

const EXAMPLES = path.join(__dirname, '../../examples');
const OF_INIT = path.join(path.dirname(require.resolve('aws-cdk/package.json')), 'lib/init-templates/.recommended-feature-flags.json');

interface CdkJson {
  readonly app: string;
  readonly context?: { readonly [key: string]: unknown };
}

const readJson = (file: string) => JSON.parse(fs.readFileSync(file, 'utf-8'));

/** Every `cdk.json` of the examples. */
export function cdkJsons(folder = EXAMPLES): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const found = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', 'cdk.out', '.venv', 'target', 'bin', 'obj'].includes(entry.name) ? [] : cdkJsons(found);
    }
    return entry.name === 'cdk.json' ? [found] : [];
  });
}

/** What a `cdk.json` should be: its app, what is its own in the context, and the flags of the CLI that is installed here. */
export function withFlags(file: string): string {
  const { context = {}, ...rest }: CdkJson = readJson(file);
  const own = Object.entries(context).filter(([key]) => !key.startsWith('@aws-cdk'));
  const flags = Object.entries(readJson(OF_INIT)).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify({ ...rest, context: Object.fromEntries([...own, ...flags]) }, null, 2);
  // biome has a short list in one line
  return `${text.replace(/\[\s+([^\]]*?)\s+\]/g, (_, items) => `[${items.replace(/\s+/g, ' ')}]`)}\n`;
}

if (require.main === module) {
  for (const file of cdkJsons()) {
    fs.writeFileSync(file, withFlags(file));
  }
}
