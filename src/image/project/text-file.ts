import * as fs from 'node:fs';
import * as path from 'node:path';

/** The text of a file in any encoding that pip reads by its byte order mark: Windows writes UTF-16 where `pip freeze` is redirected. */
export function readText(file: string): string {
  const bytes = fs.readFileSync(file);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes.subarray(2).toString('utf16le');
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  }
  return bytes.toString('utf-8').replace(/^\uFEFF/, '');
}

/** The text of a file of a folder, or undefined where there is none. */
export function textOfFile(directory: string, file: string): string | undefined {
  return isFile(directory, file) ? readText(path.join(directory, file)) : undefined;
}

export function isFile(directory: string, file: string): boolean {
  return statOf(directory, file)?.isFile() ?? false;
}

export function isFolder(directory: string, folder: string): boolean {
  return statOf(directory, folder)?.isDirectory() ?? false;
}

/** Undefined too where a file stands in the place of a folder of the path, which Node.js throws for. */
function statOf(directory: string, name: string): fs.Stats | undefined {
  try {
    return fs.statSync(path.join(directory, name), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The lines of a text, with any line ends and without the blanks around them. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.trim());
}
