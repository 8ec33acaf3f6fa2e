import type { Api } from '../conformance/csharp/api';
import { IMPLICIT_TYPES } from '../conformance/csharp/check';

/** What jsii-rosetta leaves out of C#: the using of a map, aliases of names that are ambiguous, and the class around the struct of an L1 construct. */
export function completeCsharp(api: Api, text: string, typescript: string): string {
  const imports = importsOf(typescript);
  let completed = text;
  for (const { name, alias } of imports.filter(({ name, alias }) => name !== alias)) {
    completed = completed.replaceAll(`Dictionary<string, ${name}>`, `Dictionary<string, ${alias}>`);
  }
  const namespaces = [...text.matchAll(/^using ([\w.]+);$/gm)].map(([, namespace]) => namespace);
  const find = (name: string) => namespaces.filter((namespace) => api.find(`${namespace}.${name}`));
  const classes = [...new Set(text.match(/\bCfn\w+/g) ?? [])];
  completed = completed.replaceAll(/(?<=\bnew )\w+Property\b/g, (name) => {
    const owner = classes.find((candidate) => find(`${candidate}.${name}`).length > 0);
    return find(name).length === 0 && owner ? `${owner}.${name}` : name;
  });
  const usings = new Set<string>(/\bDictionary</.test(completed) ? ['using System.Collections.Generic;'] : []);
  for (const [name] of completed.matchAll(/(?<=\bnew )\w+(?= ?[({])|(?<![.\w"])[A-Z]\w+(?=\.)/g)) {
    const found = find(name);
    const meant = api.namespaceOf(imports.find(({ alias }) => alias === name)?.module ?? '') ?? found[0];
    if (found.length > 1 || (found.length === 1 && IMPLICIT_TYPES.includes(name))) {
      usings.add(`using ${name} = ${meant}.${name};`);
    }
  }
  const lines = completed.split('\n');
  const first = lines.findIndex((line) => !/^using [\w. =]+;$/.test(line));
  return [...lines.slice(0, first), ...[...usings].filter((using) => !lines.includes(using)), ...lines.slice(first)].join('\n');
}

function importsOf(typescript: string): { readonly name: string; readonly alias: string; readonly module: string }[] {
  return [...typescript.matchAll(/^import \{([^}]*)\} from '([^']+)';$/gm)].flatMap(([, names, module]) =>
    names
      .split(',')
      .map((text) => text.trim().split(' as '))
      .map(([name, alias = name]) => ({ name, alias, module })),
  );
}
