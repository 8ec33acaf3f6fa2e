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

/** A small Flask app. */
export const appDirectory = folderWith(APP);

/** The same with Dockerfiles. */
export const dockerDirectory = folderWith({
  ...APP,
  Dockerfile: 'FROM example.com/python:3.13 AS build\nFROM build AS run\n',
  'Other.dockerfile': 'FROM example.com/python:3.12 AS build\nFROM build AS run\n',
});
