import { minorOf } from './python-version';

/** The environment of the image, as PEP 508 names it. A name that is missing here is not known at synth. */
const LINUX: { readonly [name: string]: string } = {
  os_name: 'posix',
  sys_platform: 'linux',
  platform_system: 'Linux',
  platform_python_implementation: 'CPython',
  implementation_name: 'cpython',
};

/** Whether an environment marker may hold in the image; what is not known, such as `platform_machine`, may. */
export function markerHolds(marker: string, pythonVersion?: string): boolean {
  const tokens = marker.match(/\(|\)|"[^"]*"|'[^']*'|[<>=!~]+|\w+/g) ?? [];
  let at = 0;
  const comparison = (): boolean => {
    if (tokens[at] === '(') {
      at += 1;
      const inner = either();
      at += 1;
      return inner;
    }
    const left = tokens[at++];
    const operator = tokens[at] === 'not' ? `${tokens[at++]} ${tokens[at++]}` : tokens[at++];
    const right = tokens[at++];
    return compare(left, operator, right, pythonVersion);
  };
  const both = (): boolean => {
    let holds = comparison();
    while (tokens[at] === 'and') {
      at += 1;
      holds = comparison() && holds;
    }
    return holds;
  };
  const either = (): boolean => {
    let holds = both();
    while (tokens[at] === 'or') {
      at += 1;
      holds = both() || holds;
    }
    return holds;
  };
  return tokens.length === 0 || either();
}

function compare(left = '', operator = '', right = '', pythonVersion?: string): boolean {
  const isText = /^["']/.test(left);
  const name = isText ? right : left;
  const text = (isText ? left : right).slice(1, -1);
  if (name === 'python_version' || name === 'python_full_version') {
    return pythonVersion === undefined || compareVersions(pythonVersion, isText ? reversed(operator) : operator, text);
  }
  const value = name === 'extra' ? '' : LINUX[name];
  if (value === undefined) {
    return true;
  }
  switch (operator) {
    case '==':
    case '===':
      return value === text;
    case '!=':
      return value !== text;
    case 'in':
      return isText ? value.includes(text) : text.includes(value);
    case 'not in':
      return !(isText ? value.includes(text) : text.includes(value));
    default:
      return true;
  }
}

function reversed(operator: string): string {
  return operator.replace(/[<>]/, (sign) => (sign === '<' ? '>' : '<'));
}

/** By major and minor version: the patch of the image is the newest. */
function compareVersions(version: string, operator: string, text: string): boolean {
  if (operator === 'in' || operator === 'not in') {
    const isIn = text.split(/[\s,]+/).includes(minorOf(version));
    return (operator === 'in') === isIn;
  }
  const [major, minor = '0', patch] = text.replace(/\.\*$/, '').split('.');
  const difference = Number(version.split('.')[0]) - Number(major) || Number(version.split('.')[1]) - Number(minor);
  const isNewer = difference === 0 && patch !== undefined && patch !== '0';
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference < 0 || (difference === 0 && !isNewer);
    case '>':
      return difference > 0 || isNewer;
    case '>=':
      return difference >= 0;
    case '!=':
      return difference !== 0 || isNewer;
    case '~=':
      return difference >= 0 && version.split('.')[0] === major;
    default:
      return difference === 0;
  }
}
