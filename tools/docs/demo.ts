/** Draws docs/demo.svg from what a terminal shows at the end of `npm run demo`: it runs the demo in one, by `script` of util-linux. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const COLUMNS = 132;
const CHARACTER = 7.83;
const LINE = 19;
const MARGIN = 16;
/** What the demo uses of the colors of a terminal. */
const COLORS: { readonly [code: string]: string } = { '32': '#4ade80', '33': '#4ade80', '39': '#e2e8f0' };

/** All that the demo writes to a terminal of this width. */
function recorded(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'demo-picture-'));
  const file = path.join(folder, 'typescript');
  const demo = 'npx tsx --tsconfig tsconfig.dev.json tools/local-aws/demo.ts --port 0';
  execFileSync('script', ['-qec', `stty cols ${COLUMNS} rows 60; ${demo}`, file], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const text = fs.readFileSync(file, 'utf-8');
  fs.rmSync(folder, { recursive: true });
  return text;
}

/** The last frame of the list of steps, which is drawn anew at each change, and the line below it. */
function lastScreen(text: string): string[] {
  const end = text.search(/All \d+ steps in \d+ s\./);
  if (end === -1) {
    throw new Error(`the demo did not come to its end:\n${text.slice(-2000)}`);
  }
  const sum = /All \d+ steps in \d+ s\./.exec(text)?.[0] ?? '';
  const steps = text.slice(text.lastIndexOf('\u001b[G', end) + 3, end).replaceAll('\u001b[?25h', '');
  // the list is drawn for the last time before its last step is marked as done
  return [
    ...steps
      .replace(/[\u2800-\u28ff]/g, '✔')
      .trimEnd()
      .split(/\r?\n/),
    '',
    sum,
  ];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function draw(line: string, index: number): string {
  const spans = line.split('\u001b[').map((part, at) => {
    const [, code, text] = at === 0 ? [part, '39', part] : (/^(\d+)m(.*)$/.exec(part) ?? [part, '39', '']);
    return text === '' ? '' : `<tspan fill="${COLORS[code] ?? COLORS['39']}">${escaped(text)}</tspan>`;
  });
  return `<text x="${MARGIN}" y="${MARGIN + 34 + index * LINE}" xml:space="preserve">${spans.join('')}</text>`;
}

const lines = ['$ npm run demo', ...lastScreen(recorded())];
const width = Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN);
const height = MARGIN * 2 + 26 + lines.length * LINE;
const dots = ['#f87171', '#fbbf24', '#4ade80'].map((color, i) => `<circle cx="${MARGIN + 6 + i * 18}" cy="16" r="5" fill="${color}"/>`);
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13"><title>npm run demo</title><rect width="100%" height="100%" rx="8" fill="#0f172a"/>${dots.join('')}\n${lines.map(draw).join('\n')}\n</svg>\n`;
fs.writeFileSync(path.join(ROOT, 'docs/demo.svg'), svg);
console.log(`docs/demo.svg: ${lines.length} lines`);
