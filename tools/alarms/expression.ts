/** The part of CloudWatch's metric math that alarms of ours use, for one point in time. A value that is missing is undefined. */
export type Value = number | undefined;
export type Variables = { readonly [name: string]: Value };

type Token = string;

/** Names, numbers, operators, in order; anything else is an error. */
function tokensOf(expression: string): Token[] {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(\.\d+)?|>=|<=|==|!=|[-+*/()<>,[\]]|\S/g) ?? [];
  const unknown = tokens.find((token) => !/^([A-Za-z_]\w*|\d+(\.\d+)?|>=|<=|==|!=|[-+*/()<>,[\]])$/.test(token));
  if (unknown) {
    throw new Error(`metric math has no '${unknown}': ${expression}`);
  }
  return tokens;
}

const arithmetic = (a: Value, b: Value, of: (x: number, y: number) => number): Value => {
  const result = a === undefined || b === undefined ? undefined : of(a, b);
  // a division by zero gives no value
  return result === undefined || !Number.isFinite(result) ? undefined : result;
};

const LEVELS: { readonly [operator: string]: (x: number, y: number) => number }[] = [
  { OR: (x, y) => Number(x !== 0 || y !== 0) },
  { AND: (x, y) => Number(x !== 0 && y !== 0) },
  {
    '>=': (x, y) => Number(x >= y),
    '<=': (x, y) => Number(x <= y),
    '>': (x, y) => Number(x > y),
    '<': (x, y) => Number(x < y),
    '==': (x, y) => Number(x === y),
    '!=': (x, y) => Number(x !== y),
  },
  { '+': (x, y) => x + y, '-': (x, y) => x - y },
  { '*': (x, y) => x * y, '/': (x, y) => x / y },
];

type Compiled = (variables: Variables) => Value;
const COMPILED = new Map<string, Compiled>();

/** The value of an expression; a name that no metric has is an error. */
export function evaluate(expression: string, variables: Variables): Value {
  let compiled = COMPILED.get(expression);
  if (!compiled) {
    compiled = compile(expression);
    COMPILED.set(expression, compiled);
  }
  return compiled(variables);
}

function compile(expression: string): Compiled {
  const tokens = tokensOf(expression);
  let at = 0;
  const take = (expected?: Token): Token => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw new Error(`expected ${expected ?? 'more'}, got ${token ?? 'the end'}: ${expression}`);
    }
    return token;
  };
  const binary = (level: number): Compiled => {
    if (level === LEVELS.length) {
      return operand();
    }
    let left = binary(level + 1);
    while (tokens[at] !== undefined && tokens[at] in LEVELS[level]) {
      const operator = LEVELS[level][take()];
      const [a, b] = [left, binary(level + 1)];
      left = (variables) => arithmetic(a(variables), b(variables), operator);
    }
    return left;
  };
  const list = (close: Token): Compiled[] => {
    const values = [binary(0)];
    while (tokens[at] === ',') {
      take();
      values.push(binary(0));
    }
    take(close);
    return values;
  };
  const operand = (): Compiled => {
    const token = take();
    if (token === '(') {
      return list(')')[0];
    }
    if (/^\d/.test(token)) {
      return () => Number(token);
    }
    if (tokens[at] !== '(') {
      return (variables) => {
        if (!(token in variables)) {
          throw new Error(`no metric is named ${token}: ${expression}`);
        }
        return variables[token];
      };
    }
    take('(');
    if (token === 'MAX') {
      take('[');
      const values = list(']');
      take(')');
      return (variables) => {
        const present = values.map((value) => value(variables)).filter((value) => value !== undefined);
        return present.length > 0 ? Math.max(...present) : undefined;
      };
    }
    const values = list(')');
    if (token === 'FILL' && values.length === 2) {
      return (variables) => values[0](variables) ?? values[1](variables);
    }
    if (token === 'IF' && values.length === 3) {
      return (variables) => {
        const condition = values[0](variables);
        return condition === undefined ? undefined : values[condition !== 0 ? 1 : 2](variables);
      };
    }
    throw new Error(`the evaluator has no function ${token} of ${values.length} values: ${expression}`);
  };
  const value = binary(0);
  if (at !== tokens.length) {
    throw new Error(`expected the end, got ${tokens[at]}: ${expression}`);
  }
  return value;
}
