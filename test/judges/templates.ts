import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** A template that is judged. */
export interface Subject {
  readonly name: string;
  readonly file: string;
}

const ROOT = path.join(__dirname, '../..');

/** The one-line service, production with HTTPS, and the hardened example: synthesized as a user does it. */
export function synthesize(): Subject[] {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'judges-'));
  return [
    subject(out, 'one line', path.join(__dirname, 'one-line.ts'), 'OneLine'),
    subject(out, 'production with TLS', path.join(ROOT, 'examples/typescript/custom-domain/app.ts'), 'FlaskCustomDomain'),
    subject(out, 'hardened', path.join(ROOT, 'examples/typescript/hardened/app.ts'), 'FlaskHardened'),
  ];
}

function subject(out: string, name: string, app: string, stack: string): Subject {
  const outdir = path.join(out, stack);
  execFileSync(process.execPath, ['--import', 'tsx', app], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: 'false',
      TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:version-reporting': false }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { name, file: path.join(outdir, `${stack}.template.json`) };
}
