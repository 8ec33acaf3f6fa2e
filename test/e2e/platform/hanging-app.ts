import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Workspace } from '../../../tools/local-aws/workspace';

const NOT_PART_OF_THE_APP = new Set(['.venv', '.pytest_cache', '__pycache__']);

/** The sample app as `hanging:create_app()`, with each request waiting for something that never answers; the health check does answer. */
export function hangingApp(folder: string): string {
  cpSync(join(Workspace.root, 'examples', 'sample-app'), folder, {
    recursive: true,
    filter: (path) => !NOT_PART_OF_THE_APP.has(basename(path)),
  });
  const lines = [
    'import time',
    '',
    'from app import create_app as create_working_app',
    '',
    '',
    'def create_app():',
    '    app = create_working_app()',
    '    app.before_request(lambda: time.sleep(3600))',
    '    return app',
    '',
  ];
  writeFileSync(join(folder, 'hanging.py'), lines.join('\n'));
  return folder;
}
