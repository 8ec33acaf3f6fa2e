/**
 * Messages are written with the names of TypeScript. A user of another language has typed others, and jsii says which language that is by the variable
 * JSII_AGENT: `Python/3.13.2`, `Java/21.0.1`, `go1.24.1/linux/amd64`, `DotNet/…`.
 */
interface Naming {
  readonly agent: RegExp;
  /** A prop, or a method of an object. */
  readonly member: (name: string) => string;
  /** A static method, before its parenthesis. */
  readonly factory: (of: string, name: string) => string;
  /** The words for true and false. */
  readonly boolean?: (word: string) => string;
}

const LANGUAGES: readonly Naming[] = [
  { agent: /^Python\//, member: snakeCase, factory: (of, name) => `${of}.${snakeCase(name)}`, boolean: pascalCase },
  { agent: /^DotNet\//, member: pascalCase, factory: (of, name) => `${of}.${pascalCase(name)}` },
  { agent: /^go\d/, member: pascalCase, factory: (of, name) => `${of}_${pascalCase(name)}` },
];

/** Within quotes is what the user gave; what stands at a slash or behind such a noun is a path or the id of a construct. */
const QUOTED = /((?<!\w)'[^']*'(?!\w)|"[^"]*")/;
const FACTORY = /\b([A-Z]\w+)\.([a-z][A-Za-z0-9]*)(?=\()/g;
const MEMBER =
  /(?<![\w/$@:-])(?<!\b(?:[Ss]tacks?|services?|platform|cluster|repository|secret|parameter|database|cache|queue|topic) )[a-z]+[A-Z][A-Za-z0-9]*(?![\w/$@-]*[/@$-])/g;
const BOOLEAN = /(?<=\b(?:to|got|both) )(?:true|false)\b/g;

/** A message with its names as the user types them. In TypeScript, in Java and where the language is not known it stays as it is. */
export function inUsersLanguage(message: string, agent = process.env.JSII_AGENT): string {
  const naming = LANGUAGES.find((language) => language.agent.test(agent ?? ''));
  return naming === undefined
    ? message
    : message
        .split(QUOTED)
        .map((part, index) => (index % 2 === 1 ? part : renamed(part, naming)))
        .join('');
}

function renamed(text: string, { member, factory, boolean }: Naming): string {
  const named = text.replace(FACTORY, (_, of: string, name: string) => factory(of, name)).replace(MEMBER, member);
  return boolean ? named.replace(BOOLEAN, boolean) : named;
}

/** As jsii makes the names of Python. */
function snakeCase(name: string): string {
  return name
    .replace(/([KMG])iB(?![a-z])/g, (_, letter: string) => `${letter}ib`)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z\d]+)/g, '$1_$2')
    .toLowerCase();
}

function pascalCase(name: string): string {
  return name[0].toUpperCase() + name.slice(1);
}
