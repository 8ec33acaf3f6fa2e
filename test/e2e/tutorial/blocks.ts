/** A block of the tutorial: a file to write, commands to run with the output that the page promises, or the start of the local AWS. */
export type Block =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'commands'; readonly code: string; readonly expected: readonly string[]; readonly fails: boolean }
  | { readonly kind: 'first terminal'; readonly code: string };

const FENCE = /^```(\w+)\n([\s\S]*?)^```$/gm;
const FILE = /^# (\S+\/\S+\.\w+)\n/;
const FIRST_TERMINAL = /^# first terminal, in cdk-flask-fargate\n/;

/** The blocks of a page in their order. A block of text behind commands is what they print. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  for (const [, language, text] of page.matchAll(FENCE)) {
    const [comment = '', path] = FILE.exec(text) ?? [];
    const last = blocks.at(-1);
    if (path !== undefined) {
      blocks.push({ kind: 'file', path, text: text.slice(comment.length) });
    } else if (FIRST_TERMINAL.test(text)) {
      blocks.push({ kind: 'first terminal', code: text.replace(FIRST_TERMINAL, '') });
    } else if (language === 'sh') {
      blocks.push({ kind: 'commands', code: text, expected: [], fails: false });
    } else if (language === 'text' && last?.kind === 'commands' && last.expected.length === 0) {
      const expected = text.trimEnd().split('\n');
      blocks[blocks.length - 1] = { ...last, expected, fails: expected.some((line) => line.startsWith('❌')) };
    } else {
      throw new Error(`the tutorial has a block of ${language} that is neither a file, commands nor their output:\n${text.slice(0, 200)}`);
    }
  }
  return blocks;
}

/** The promised lines that the output lacks, one after the other in their order; `…` stands for anything. */
export function missingLines(expected: readonly string[], output: string): string[] {
  const said = output.replace(/\s+/g, ' ');
  let from = 0;
  return expected.filter((line) => {
    const pattern = line
      .split('…')
      .map((part) =>
        part
          .trim()
          .replace(/\s+/g, ' ')
          .replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('.*?');
    const found = new RegExp(pattern).exec(said.slice(from));
    from += found ? found.index + found[0].length : 0;
    return found === null;
  });
}
