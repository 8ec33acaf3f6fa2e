import * as fs from 'node:fs';
import * as path from 'node:path';
import { tempDir } from './temp-dir';

/** The files of a folder, by their path in it. */
export type Files = { readonly [file: string]: string };

/** The smallest Flask app that can be built. */
export const MINIMAL: Files = {
  'app.py': "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef index():\n    return 'ok'\n",
  'requirements.txt': 'Flask==3.1.3\ngunicorn==27.0.1\n',
};

/** Makes a folder with the files; the minimal app where none are given. */
export function flaskApp(files: Files = MINIMAL): string {
  const directory = tempDir();
  writeFiles(directory, files);
  return directory;
}

/** Writes files into a folder that exists, and the folders that they need. */
export function writeFiles(directory: string, files: Files): void {
  for (const [file, content] of Object.entries(files)) {
    const target = path.join(directory, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, content);
  }
}
