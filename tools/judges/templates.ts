import * as path from 'node:path';
import { synthesize } from '../../test/util/synthesize';

/** A template that is judged. */
export interface Subject {
  readonly name: string;
  readonly file: string;
}

const EXAMPLES = path.join(__dirname, '../../examples/typescript');

/** The one-line service, production with HTTPS, what an app stands on, a platform, and the hardened example: synthesized as a user does it. */
export function subjects(): Subject[] {
  return [
    subject('one line', path.join(__dirname, 'one-line.ts'), 'OneLine'),
    subject('production with TLS', path.join(EXAMPLES, 'custom-domain/app.ts'), 'FlaskCustomDomain'),
    subject('data', path.join(__dirname, 'data.ts'), 'Data'),
    subject('platform', path.join(__dirname, 'platform.ts'), 'Platform'),
    subject('a service on it', path.join(__dirname, 'platform.ts'), 'Shop'),
    subject('hardened', path.join(EXAMPLES, 'hardened/app.ts'), 'FlaskHardened'),
  ];
}

function subject(name: string, app: string, stack: string): Subject {
  return { name, file: path.join(synthesize(app), `${stack}.template.json`) };
}
