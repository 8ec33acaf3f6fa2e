import type { Assembly } from '@jsii/spec';

/** A name with a capital that nothing qualifies. */
const NAME = /(?<![.\w"])[A-Z]\w+/g;

/** A property that is not called: jsii-rosetta leaves some as they are in TypeScript. */
const PROPERTY = /(?<=[\w)])\.([a-z]\w*)(?=[.;,)\]]|$)/gm;
/** `import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';` */
const ALIAS = /(\w+) as (\w+)(?=[^}]*\} from '([^']+)')/g;
const ASSIGNMENT = /\b(\w+)\.get(\w+)\(\) = ([^;]*);/g;
const STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"|\/\/.*/g;

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * What jsii-rosetta leaves out of Java: the imports of what the TypeScript does not name, as the classes of its object literals, and of java.util; structs of
 * L1 constructs, aliases, setters and some getters.
 */
export class JavaCompleter {
  /** The names of the types of each package. */
  private readonly packages = new Map<string, Set<string>>();
  /** The structs of L1 constructs, by construct and name: they are inside its class. */
  private readonly inner = new Set<string>();
  /** Of a module of TypeScript, `aws-cdk-lib/aws-ec2`. */
  private readonly packageOf = new Map<string, string>();

  public constructor(assemblies: Assembly[]) {
    for (const { name, targets, submodules = {}, types = {} } of assemblies) {
      for (const [fqn, submodule] of Object.entries(submodules)) {
        this.packageOf.set(fqn.replace('.', '/').replaceAll('_', '-'), submodule.targets?.java?.package);
      }
      for (const { name: type, namespace } of Object.values(types)) {
        const java = namespace ? submodules[`${name}.${namespace}`]?.targets?.java?.package : targets?.java?.package;
        if (java) {
          this.packages.set(java, (this.packages.get(java) ?? new Set()).add(type));
        } else {
          this.inner.add(`${namespace?.split('.').pop()}.${type}`);
        }
      }
    }
  }

  public complete(text: string, typescript: string): string {
    const isImport = (line: string) => line.startsWith('import ');
    const aliases = [...typescript.matchAll(ALIAS)].map(([, name, alias, module]) => ({
      alias,
      whole: `${this.packageOf.get(module)}.${name}`,
    }));
    const lines = text.split('\n').filter((line) => !aliases.some(({ whole }) => line === `import ${whole};`));
    const imported = lines.filter(isImport).map((line) => line.slice('import '.length, -1));
    const code = outsideTexts(lines.filter((line) => !isImport(line)).join('\n'), (part) =>
      this.withOwners(part, imported)
        .replaceAll(ASSIGNMENT, (_, object: string, name: string, value: string) => `${object}.set${pascal(name)}(${value});`)
        .replaceAll(PROPERTY, (_, name: string) => `.get${pascal(name)}()`)
        .replaceAll(/\)\[(\d)\]/g, ').get($1)'),
    );
    const imports = [...new Set([...imported, ...this.missing(code, imported)])].sort().map((name) => `import ${name};`);
    const whole = aliases.reduce((result, alias) => result.replaceAll(new RegExp(`\\b${alias.alias}\\b`, 'g'), alias.whole), code);
    return [...imports, '', whole.replace(/^\n+/, '')].join('\n');
  }

  private withOwners(code: string, imported: string[]): string {
    return code.replaceAll(/(?<![.\w])\w+Property\b/g, (name) => {
      const owner = imported.map((each) => each.split('.').pop()).find((each) => this.inner.has(`${each}.${name}`));
      return owner ? `${owner}.${name}` : name;
    });
  }

  /** The packages that a block imports from come first, then those below them; else there has to be one alone. */
  private missing(code: string, imported: string[]): string[] {
    const names = new Set(code.replaceAll(STRING_OR_COMMENT, '""').match(NAME) ?? []);
    const packages = imported.map((name) => name.replace(/\.\w+$/, ''));
    return [...names]
      .filter((name) => !imported.some((each) => each.endsWith(`.${name}`)))
      .flatMap((name) => {
        const all = [...this.packages.keys()].filter((candidate) => this.packages.get(candidate)?.has(name));
        const found = JAVA_UTIL.includes(name)
          ? 'java.util'
          : (all.find((each) => packages.includes(each)) ??
            all.find((each) => packages.some((one) => one.includes('.services.') && each.startsWith(`${one}.`))) ??
            (all.length === 1 ? all[0] : undefined));
        return found ? [`${found}.${name}`] : [];
      });
  }
}

function outsideTexts(code: string, change: (part: string) => string): string {
  const texts: string[] = [];
  const hidden = code.replaceAll(STRING_OR_COMMENT, (text) => `"${texts.push(text) - 1}"`);
  return change(hidden).replaceAll(/"(\d+)"/g, (_, index) => texts[Number(index)]);
}

const JAVA_UTIL = ['List', 'Map'];
