/** One requirement, as PEP 508 writes it. */
export interface Requirement {
  /** The name, normalized as PyPI compares names: lower case, with single dashes. */
  readonly name: string;
  /** The version that `==` pins. */
  readonly version?: string;
  /** The environment marker: where it does not hold, nothing is installed. */
  readonly marker?: string;
}

/** The name as PyPI compares names. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The requirement in a line such as `Flask[async]==3.1.3 ; python_version > "3.9"`; undefined where the line names no package. */
export function requirementOf(line: string): Requirement | undefined {
  const match = line.match(/^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/);
  if (!match) {
    return undefined;
  }
  const [, name, rest] = match;
  // what follows a name is a version, a URL, a marker, an option or nothing: `libs/shared` is a path
  if (rest !== '' && !/^(?:[<>=!~(]|@|;|--|,)/.test(rest)) {
    return undefined;
  }
  const [specifier, marker] = splitMarker(rest);
  return {
    name: normalized(name),
    version: specifier.match(/(?:^|[(,])\s*={2,3}\s*([\w.!+-]+)(?![\w.!+-]*\*)/)?.[1],
    ...(marker === undefined ? {} : { marker }),
  };
}

/** After a URL the semicolon needs a blank before it, as it may be part of the URL. */
function splitMarker(rest: string): [string, string | undefined] {
  const at = rest.startsWith('@') ? rest.search(/\s;/) : rest.indexOf(';');
  const marker =
    at < 0
      ? undefined
      : rest
          .slice(at)
          .replace(/^\s*;/, '')
          .replace(/\s+--\S.*$/, '')
          .trim();
  return [at < 0 ? rest : rest.slice(0, at), marker];
}

/** Whether a requirement is fetched by git, which then has to be there. */
export function needsGit(line: string): boolean {
  return /(?:^|\s|@|=)git\+\w+:/.test(line);
}
