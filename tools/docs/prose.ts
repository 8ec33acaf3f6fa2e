/** Names in the sentences of a page, as another language has them: what stands in backticks outside of the blocks. */
import { inUsersLanguage } from '../../src/private/language';

/** How jsii tells these languages. */
const AGENTS: { readonly [language: string]: string } = { python: 'Python/3', csharp: 'DotNet/8', go: 'go1' };
const FENCE = /(^```[\s\S]*?^```$)/m;
const INLINE = /`([^`\n]+)`/g;
/** Commands and paths are the same everywhere. */
const OTHER = /^(?:\$|aws|cdk|npx|npm|docker|flask|gunicorn|celery|curl|pip|git|eb|heroku|copilot)\b.* |--|\/|^\{"|\\/;
const CAMEL_CASE = /\b[a-z]+[A-Z]\w*/g;

/** Translates the names that `known` has; a word that is none of the API's, of a template for example, stays, and its neighbours with it. */
export class Prose {
  public constructor(private readonly known: ReadonlySet<string>) {}

  public translate(language: string, text: string): string {
    const agent = AGENTS[language];
    if (agent === undefined) {
      return text;
    }
    return text
      .split(FENCE)
      .map((part, index) =>
        index % 2 === 1
          ? part
          : part.replaceAll(INLINE, (whole, code: string) => (this.isOfApi(code) ? `\`${this.renamed(language, agent, code)}\`` : whole)),
      )
      .join('');
  }

  private isOfApi(code: string): boolean {
    const unquoted = code.replaceAll(/'[^']*'/g, '');
    const words = unquoted.match(CAMEL_CASE) ?? [];
    return !OTHER.test(unquoted) && words.every((word) => this.known.has(word));
  }

  private renamed(language: string, agent: string, code: string): string {
    return inUsersLanguage(language === 'python' ? withKeywords(code) : code, agent);
  }
}

/** `gunicorn({ workers: 2, threads })` is `gunicorn(workers=2, threads=…)`, `singleton: true` is `singleton=True`. */
function withKeywords(code: string): string {
  return code
    .replace(/\bnew (?=[A-Z])/g, '')
    .replaceAll(/(?<=[(,] ?)\{ ([^{}]*) \}(?=\))/g, (_, props: string) =>
      props
        .split(/, (?![^[(]*[\])])/)
        .map(keyword)
        .join(', '),
    )
    .replace(/^([a-z]\w*): (?=\S)/, '$1=')
    .replaceAll(/=(true|false)\b/g, (_, word: string) => (word === 'true' ? '=True' : '=False'));
}

function keyword(prop: string): string {
  const [, name, value] = /^(\w+): (.+)$/.exec(prop) ?? [];
  return name === undefined ? `${prop}=…` : `${name}=${value}`;
}
