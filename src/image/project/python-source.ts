/** A value that is a Flask app, and one that is a Dash app. */
export const IS_FLASK = /^(?:flask\.)?Flask\(/;
export const IS_DASH = /^(?:dash\.)?Dash\(/;

/** A statement of Python, joined to one line. */
export interface Statement {
  readonly indent: number;
  /** Without comments, and with empty texts in the place of texts. */
  readonly code: string;
  /** Without comments. */
  readonly raw: string;
}

/** A name at the top of a module. */
export interface Definition {
  readonly kind: 'function' | 'class' | 'import' | 'module' | 'value';
  /** The parameters of a function, what is assigned to a value, the module that a name is imported from. */
  readonly text: string;
  /** The name in the module that it is imported from. */
  readonly from?: string;
}

/** What a module defines at its top, read and never run. */
export interface ModuleNames {
  readonly names: ReadonlyMap<string, Definition>;
  /** Whether there may be names that reading does not tell: `from … import *`, `globals()`, `__getattr__`. */
  readonly open: boolean;
}

/** The statements of a source text. A token that is not closed ends with the text: it is for Python to say what is wrong with it. */
export function statementsOf(source: string): Statement[] {
  const statements: Statement[] = [];
  let code = '';
  let raw = '';
  let depth = 0;
  let at = 0;
  const end = () => {
    const indent = raw.match(/^[ \t]*/)?.[0].replace(/\t/g, '        ').length ?? 0;
    if (code.trim() !== '') {
      statements.push({ indent, code: code.trim(), raw: raw.trim() });
    }
    code = '';
    raw = '';
  };
  const text = source.replace(/\r\n?/g, '\n');
  while (at < text.length) {
    const rest = text.slice(at, at + 3);
    const quote = rest.startsWith('"""') || rest.startsWith("'''") ? rest : /^["']/.test(rest) ? rest[0] : undefined;
    if (quote) {
      const close = endOfText(text, at + quote.length, quote);
      code += '""';
      raw += text.slice(at, close);
      at = close;
    } else if (rest[0] === '#') {
      const line = text.indexOf('\n', at);
      at = line < 0 ? text.length : line;
    } else if (rest.startsWith('\\\n')) {
      code += ' ';
      raw += ' ';
      at += 2;
    } else if (rest[0] === '\n' && depth === 0) {
      end();
      at += 1;
    } else {
      depth += '([{'.includes(rest[0]) ? 1 : ')]}'.includes(rest[0]) && depth > 0 ? -1 : 0;
      const character = rest[0] === '\n' ? ' ' : rest[0];
      code += character;
      raw += character;
      at += 1;
    }
  }
  end();
  return statements;
}

function endOfText(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') {
      at += 1;
    } else if (text.startsWith(quote, at)) {
      return at + quote.length;
    } else if (quote.length === 1 && text[at] === '\n') {
      return at;
    }
  }
  return text.length;
}

/** The names at the top of a module, those below `if` and `try` too. */
export function namesOf(source: string): ModuleNames {
  const names = new Map<string, Definition>();
  let open = false;
  let inner: number | undefined;
  for (const { indent, code } of statementsOf(source)) {
    if (inner !== undefined && indent > inner) {
      open ||= /^global\s/.test(code);
      continue;
    }
    inner = undefined;
    // a server imports the module, so `__name__` is its name; and a type checker alone sees what is below TYPE_CHECKING
    if (/^if\s*\(?\s*(?:__name__\s*==|""\s*==\s*__name__|(?:\w+\.)?TYPE_CHECKING\s*\)?\s*:)/.test(code)) {
      inner = indent;
      continue;
    }
    const block = code.match(/^(?:async\s+)?(def|class)\s+(\w+)\s*(.*)$/);
    if (block) {
      const [, keyword, name, rest] = block;
      inner = indent;
      names.set(name, { kind: keyword === 'def' ? 'function' : 'class', text: insideOf(rest) });
      open ||= name === '__getattr__';
      continue;
    }
    open ||= /^from\s.*\simport\s+\*|\bglobals\(\)|^exec\b/.test(code);
    // `else: app = …` on one line
    for (const statement of code.replace(/^(?:if|elif|else|try|except|finally|with|for|while)\b[^=]*?:\s*(?=\S)/, '').split(';')) {
      for (const [name, definition] of definedBy(statement.trim())) {
        // `app = ProxyFix(app)` is the app still
        const wraps = IS_FLASK.test(names.get(name)?.text ?? '') && new RegExp(`\\(\\s*${name}\\b`).test(definition.text);
        // `except ImportError: app = None` says nothing of the other way
        const empties = definition.text === 'None' && names.has(name);
        if (!wraps && !empties) {
          names.set(name, definition);
        }
      }
    }
    for (const [, name, text] of code.matchAll(/\(\s*(\w+)\s*:=\s*([^)]*\)?)/g)) {
      names.set(name, { kind: 'value', text });
    }
    for (const [, name] of code.matchAll(/\bas\s+(\w+)\s*(?=[,:)]|$)/g)) {
      if (/^(?:async\s+)?with\b/.test(code)) {
        names.set(name, { kind: 'value', text: '' });
      }
    }
  }
  return { names, open };
}

function definedBy(statement: string): [string, Definition][] {
  const imported = statement.match(/^(?:from\s+(\S+)\s+)?import\s+(.*)$/);
  if (imported) {
    return imported[2]
      .replace(/[()]/g, '')
      .split(',')
      .flatMap((part): [string, Definition][] => {
        const match = part.trim().match(/^([\w.]+)(?:\s+as\s+(\w+))?$/);
        return match ? [[match[2] ?? match[1].split('.')[0], { kind: 'import', text: `${imported[1] ?? ''}`, from: match[1] }]] : [];
      });
  }
  const parts = statement.split(/(?<![=!<>:+\-*/%&|^@])=(?!=)/);
  if (parts.length < 2 || /^\s*(?:assert|return|del|raise)\b/.test(parts[0])) {
    return [];
  }
  const text = parts[parts.length - 1].trim();
  // an equals sign within brackets is an argument, and no assignment
  const targets: string[] = [];
  for (const part of parts.slice(0, -1)) {
    if ((part.match(/[([{]/g) ?? []).length !== (part.match(/[)\]}]/g) ?? []).length) {
      return targets.map((name) => [name, { kind: 'value', text: statement.slice(statement.indexOf('=') + 1).trim() }]);
    }
    targets.push(
      ...part
        .replace(/:.*$/, '')
        .replace(/[()[\]*\s]/g, ' ')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => /^\w+$/.test(name)),
    );
  }
  return targets.map((name) => [name, { kind: 'value', text }]);
}

/** What stands in the first brackets. */
function insideOf(text: string): string {
  let depth = 0;
  for (let at = text.indexOf('('); at >= 0 && at < text.length; at += 1) {
    depth += text[at] === '(' ? 1 : text[at] === ')' ? -1 : 0;
    if (depth === 0) {
      return text.slice(text.indexOf('(') + 1, at);
    }
  }
  return '';
}

/** The parameters that a call must give. */
export function requiredParameters(parameters: string): string[] {
  const required: string[] = [];
  for (const part of splitAtTop(parameters)) {
    const name = part.trim();
    const optional = name === '' || name === '/' || name.startsWith('*') || /(?<![=!<>])=(?!=)/.test(name);
    if (!optional) {
      required.push(name.replace(/\s*:.*$/, ''));
    }
  }
  return required;
}

function splitAtTop(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    depth += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
    if (character === ',' && depth === 0) {
      parts.push('');
    } else {
      parts[parts.length - 1] += character;
    }
  }
  return parts;
}

/** The text that is assigned to a name at the top, `wsgi_app = "shop:app"`; undefined where it is no plain text. */
export function assignedText(source: string, name: string): string | undefined {
  let found: string | undefined;
  for (const { indent, raw } of statementsOf(source)) {
    const match = raw.match(/^(\w+)\s*(?::[^=]+)?=\s*(.*)$/);
    if (indent === 0 && match?.[1] === name) {
      found = match[2].match(/^[rRuU]?(["'])([^"'\\]*)\1$/)?.[2];
    }
  }
  return found;
}
