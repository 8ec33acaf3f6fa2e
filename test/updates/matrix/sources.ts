import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

/** A folder that goes with the process. */
export function scratch(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'updates-'));
  made.push(folder);
  return folder;
}

function folderWith(files: { readonly [name: string]: string }): () => string {
  let folder: string | undefined;
  return () => {
    if (folder === undefined) {
      folder = scratch();
      for (const [name, content] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
        fs.writeFileSync(path.join(folder, name), content);
      }
    }
    return folder;
  };
}

const APP = {
  'app.py': 'from flask import Flask\n\napp = Flask(__name__)\nindex = app\n',
  'requirements.txt': 'Flask==3.1.3\ngunicorn==27.0.1\n',
  'notes/a.txt': 'a',
  'data/b.txt': 'b',
};

const folders = {
  requirements: folderWith({ ...APP, 'other-requirements.txt': 'Flask==3.1.2\ngunicorn==27.0.1\n', 'inner/a.txt': 'a' }),
  nested: folderWith({ 'requirements.txt': APP['requirements.txt'], 'inner/app.py': APP['app.py'], 'other/app.py': APP['app.py'] }),
  pyproject: folderWith({
    'app.py': APP['app.py'],
    'pyproject.toml': [
      '[project]',
      'name = "shop"',
      'version = "1"',
      'requires-python = ">=3.13"',
      'dependencies = ["flask==3.1.3", "gunicorn==27.0.1"]',
      '[project.optional-dependencies]',
      'one = ["redis"]',
      'two = ["celery"]',
      '[dependency-groups]',
      'one = ["redis"]',
      'two = ["celery"]',
      '',
    ].join('\n'),
    'uv.lock': 'version = 1\n[[package]]\nname = "flask"\nversion = "3.1.3"\n[[package]]\nname = "gunicorn"\nversion = "27.0.1"\n',
  }),
};

/** A small Flask app. */
export function appDirectory(kind: keyof typeof folders = 'requirements'): string {
  return folders[kind]();
}

/** The same with Dockerfiles. */
export const dockerDirectory = folderWith({
  ...APP,
  Dockerfile: 'FROM example.com/python:3.13 AS build\nFROM build AS run\n',
  'Other.dockerfile': 'FROM example.com/python:3.12 AS build\nFROM build AS run\n',
});
