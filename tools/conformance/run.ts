/**
 * Builds the package for every language, synthesizes every example from what was built, and compares the templates byte for byte with those
 * of TypeScript. C# is compiled and run where a `dotnet` is on the PATH; elsewhere its examples are looked up in the generated API.
 *
 * `npm run conformance [-- scenario …]`
 */
import * as os from 'node:os';
import { buildArtefacts, sizes } from './artefacts';
import { CommandFailure, run, sideBySide, timed } from './commands';
import { checkExample, csharpApi, deviationsOfGenerated } from './csharp';
import { csharp, hasDotnet } from './csharp/build';
import { checkCsharpHabits, HABITS, runCsharpHabits } from './habits';
import { LANGUAGES, type Language, type Program } from './languages';
import { IN_TWO_LANGUAGES, ROOT, scenarios } from './layout';
import { compileCsharpPages, PAGES } from './pages';
import { compared, type Outcome, synthesize } from './synthesize';

interface Cell {
  readonly scenario: string;
  readonly language: string;
  readonly word: Outcome['word'] | 'fits' | 'wrong';
  readonly details: readonly string[];
}
const GOOD: readonly Cell['word'][] = ['equal', 'fits'];

/** The tests of this folder: that maps may come in any order, and that the check of C# finds what is wrong. */
const TESTS = ['tools/conformance/map-order.e2e.ts', 'tools/conformance/csharp/check.e2e.ts', 'tools/conformance/csharp/build.e2e.ts'];

async function main(): Promise<void> {
  const chosen = scenarios().filter((name) => process.argv.length === 2 || process.argv.includes(name.replace('/infra', '')));
  const compilesCsharp = hasDotnet();
  const languages = [...LANGUAGES, ...(compilesCsharp ? [csharp] : [])];
  const key = await buildArtefacts(compilesCsharp);
  for (const file of TESTS) {
    await timed(file, () => run({ command: 'npx', args: ['tsx', '--tsconfig', 'tsconfig.dev.json', file], cwd: ROOT }));
  }

  const programs = new Map<Language, Program>();
  for (const language of languages) {
    programs.set(language, await timed(`${language.name}: build the examples`, () => language.prepare(key)));
  }
  const pairs = chosen.flatMap((scenario) =>
    languages
      .filter(({ folder }) => !IN_TWO_LANGUAGES.includes(scenario) || ['typescript', 'python'].includes(folder))
      .map((language) => ({ scenario, language })),
  );
  const outcomes = await timed(`synthesize ${pairs.length} examples`, () =>
    sideBySide(
      pairs.map(
        ({ scenario, language }) =>
          async () =>
            synthesize(language, scenario, programs.get(language) as Program),
      ),
      Math.max(2, os.availableParallelism()),
    ),
  );
  const cells: Cell[] = pairs.map(({ scenario, language }, index) => ({
    scenario,
    language: language.name,
    ...compared(outcomes[index], LANGUAGES[0], language, scenario),
  }));
  if (!compilesCsharp) {
    await timed('C#: look up the names', async () =>
      cells.push(...(await looksRight(chosen.filter((name) => !IN_TWO_LANGUAGES.includes(name))))),
    );
  }

  const habits: string[] = [];
  for (const [language, runAll] of Object.entries(HABITS)) {
    await timed(`docs/languages.md: ${language}`, runAll);
  }
  const pages = { ...PAGES, ...(compilesCsharp ? { csharp: compileCsharpPages } : {}) };
  for (const [language, compileAll] of Object.entries(pages)) {
    console.log(`          ${await timed(`docs/${language}`, compileAll)} blocks compile`);
  }
  if (compilesCsharp) {
    await timed('docs/languages.md: csharp', runCsharpHabits);
  } else {
    habits.push(...(await checkCsharpHabits(csharpApi())));
  }

  report(chosen, cells);
  console.log(habits.map((finding) => `docs/languages.md: ${finding}`).join('\n'));
  console.log(
    compilesCsharp
      ? 'C# was compiled and run by the dotnet on the PATH'
      : 'C# was not compiled: there is no dotnet on the PATH, so its examples were held against the API',
  );
  process.exitCode = cells.every(({ word }) => GOOD.includes(word)) && habits.length === 0 ? 0 : 1;
}

/** Without .NET: the examples in C# are held against the API, and the API against the sources that were generated. */
async function looksRight(chosen: string[]): Promise<Cell[]> {
  const api = csharpApi();
  const deviations = await deviationsOfGenerated(api);
  if (deviations.length > 0) {
    throw new Error(`the generated C# is otherwise than the check expects:\n${deviations.join('\n')}`);
  }
  return Promise.all(
    chosen.map(async (scenario) => {
      const findings = await checkExample(api, scenario);
      const word = findings === undefined ? 'missing' : findings.length > 0 ? 'wrong' : 'fits';
      return { scenario, language: 'C#', word, details: findings ?? [`there is no csharp/${scenario}`] } as const;
    }),
  );
}

function report(chosen: string[], cells: Cell[]): void {
  const languages = [...new Set(cells.map(({ language }) => language))];
  const rows = chosen.map((scenario) => {
    const words = languages.map((language) => cells.find((cell) => cell.scenario === scenario && cell.language === language)?.word ?? '');
    return [scenario, ...words];
  });
  const line = (row: string[]) => row.map((text, index) => text.padEnd(index === 0 ? 22 : 12)).join('');
  console.log(`\n${[['scenario', ...languages], ...rows].map((row) => line(row).trimEnd()).join('\n')}`);
  for (const { scenario, language, word, details } of cells.filter((cell) => !GOOD.includes(cell.word))) {
    console.log(`\n${scenario} in ${language}: ${word}\n${details.map((text) => `  ${text}`).join('\n')}`);
  }
  const kilobytes = sizes().map(([name, bytes]) => `${name} ${Math.round(bytes / 1000)} kB`);
  console.log(`\n${kilobytes.join(', ')}`);
}

main().catch((error) => {
  console.error(error instanceof CommandFailure ? `${error.message}\n${error.output.split('\n').slice(-40).join('\n')}` : error);
  process.exitCode = 1;
});
