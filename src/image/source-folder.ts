import * as fs from 'node:fs';
import * as path from 'node:path';
import { Token } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

/**
 * The folder that a user names. A relative one is looked for where `cdk` runs, and beside the nearest cdk.json above it: a test runner and an IDE run
 * elsewhere.
 */
export function sourceFolder(directory: string): string {
  if (Token.isUnresolved(directory)) {
    fail('the folder of the app must be known at synth, got a token; give its path as text');
  }
  if (typeof directory !== 'string' || directory.trim() === '') {
    fail(
      `the folder of the app is missing, got ${typeof directory === 'string' ? 'an empty text' : `${directory}`}; give its path, such as 'app'`,
    );
  }
  const isAbsolute = path.isAbsolute(directory);
  const tried = [path.resolve(directory), ...(isAbsolute ? [] : besideProject(directory))];
  const found = tried.find((folder) => fs.existsSync(folder));
  if (found === undefined) {
    const remedy =
      'give an absolute path, or one relative to where cdk runs or to the folder of cdk.json: a test runner or an IDE may run elsewhere';
    const got = isAbsolute ? `'${directory}'; correct the path` : `'${directory}' (${tried.join(' and ')}); ${remedy}`;
    fail(`the folder of the app does not exist, got ${got}`);
  }
  if (!fs.statSync(found).isDirectory()) {
    fail(`the folder of the app is a file, got '${directory}'${isAbsolute ? '' : ` (${found})`}; give the folder that it is in`);
  }
  // as the user wrote it, where it holds as it is: messages name it
  return found === tried[0] ? directory : found;
}

function besideProject(directory: string): string[] {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, 'cdk.json'))) {
      const beside = path.resolve(folder, directory);
      return beside === path.resolve(directory) ? [] : [beside];
    }
    if (folder === path.dirname(folder)) {
      return [];
    }
  }
}
