/** The TypeScript blocks of README and docs/ compile against the library, as strict as a user's project. Docstrings are jsii-rosetta's. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const folder = path.join(ROOT, 'docs/.cache');
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });

let blocks = 0;
/** Whole programs in five languages: `npm run conformance` runs them. */
const PROGRAMS = 'languages.md';
for (const page of fs.readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md') && file !== PROGRAMS)) {
  const text = fs.readFileSync(path.join(ROOT, 'docs', page), 'utf-8');
  for (const [, code] of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    blocks += 1;
    fs.writeFileSync(path.join(folder, `${page.replace('.md', '')}-${blocks}.ts`), `${code}\nexport {};\n`);
  }
}
// README has Python first: its TypeScript is marked tsx, so that the packages of the other languages keep it as it is. What its blocks take as given:
const GIVEN: { readonly [name: string]: readonly [type: string, module: string] } = {
  stack: ['Stack', 'aws-cdk-lib'],
  web: ['FlaskFargateService', 'cdk-flask-fargate'],
  queue: ['Queue', 'aws-cdk-lib/aws-sqs'],
  operator: ['Role', 'aws-cdk-lib/aws-iam'],
  table: ['Table', 'aws-cdk-lib/aws-dynamodb'],
  bucket: ['Bucket', 'aws-cdk-lib/aws-s3'],
};
const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf-8');
for (const [, code] of readme.matchAll(/^```tsx\n([\s\S]*?)^```$/gm)) {
  blocks += 1;
  const given = Object.entries(GIVEN).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`const ${name}\\b`).test(code),
  );
  const declared = given.map(([name, [type, module]]) => `declare const ${name}: import('${module}').${type};`).join('\n');
  fs.writeFileSync(path.join(folder, `README-${blocks}.ts`), `${declared}\n${code}\nexport {};\n`);
}
if (blocks === 0) {
  throw new Error('docs/ has no TypeScript block: are they still marked with ts?');
}
// a block shows a value and does nothing with it
const config = {
  extends: '../../tsconfig.dev.json',
  compilerOptions: { rootDir: '../..', noUnusedLocals: false, paths: { 'cdk-flask-fargate': ['../../src'] } },
  include: ['*.ts'],
  exclude: [],
};
fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder], { stdio: 'inherit' });
console.log(`${blocks} TypeScript blocks of README and docs/ compile`);
