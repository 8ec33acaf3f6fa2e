import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib/core';
import { errorWithoutPath } from './path-in-errors';

/**
 * Stops the synthesis. A message is lower case, has no period, and says what is wrong in the user's words, the value got,
 * the values allowed and the remedy. The construct adds its path. The CDK's own ValidationError is internal to it, hence a plain Error.
 */
export function fail(message: string): never {
  throw errorWithoutPath(message);
}

/** A whole number within bounds, both included. Tokens and values left out pass. */
export function requireInteger(name: string, value: number | undefined, min: number, max: number, remedy?: string): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < min || value > max) {
    fail(withRemedy(`${name} must be a whole number from ${min} to ${max}, got ${value}`, remedy));
  }
}

/** A number within bounds, both included. Tokens and values left out pass. */
export function requireRange(name: string, value: number | undefined, min: number, max: number, remedy?: string): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!(value >= min && value <= max)) {
    fail(withRemedy(`${name} must be a number from ${min} to ${max}, got ${value}`, remedy));
  }
}

/** A whole number of seconds within bounds, both included. Tokens of seconds and values left out pass. */
export function requireSeconds(name: string, value: Duration | undefined, min: number, max: number, remedy?: string): void {
  requireDuration(name, value, 'seconds', (duration) => duration.toSeconds({ integral: false }), min, max, remedy);
}

/** A whole number of minutes within bounds, both included. Tokens of minutes and values left out pass. */
export function requireMinutes(name: string, value: Duration | undefined, min: number, max: number, remedy?: string): void {
  requireDuration(name, value, 'minutes', (duration) => duration.toMinutes({ integral: false }), min, max, remedy);
}

/** A duration or a number that the synthesis calculates with. */
export function requireKnown(name: string, value: Duration | number | undefined, example: string, remedy?: string): void {
  if (typeof value === 'number' ? Token.isUnresolved(value) : value?.isUnresolved?.()) {
    fail(withRemedy(`${name} must be known at synth, got a token; give a value that is known, ${example}, for example`, remedy));
  }
}

/** A removal policy of what AWS takes no snapshot of. */
export function requireNoSnapshot(name: string, value: RemovalPolicy | undefined): void {
  if (value === RemovalPolicy.SNAPSHOT) {
    fail(`${name} must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT; AWS takes snapshots of databases and caches only`);
  }
}

/** A text that is used before there is anything deployed. Values left out pass. */
export function requireKnownText(name: string, value: string | undefined, example: string): void {
  if (Token.isUnresolved(value)) {
    fail(`${name} must be known at synth, got a token; give it as text, '${example}', for example`);
  }
}

/** A whole number of days within bounds, both included. Tokens of days and values left out pass. */
export function requireDays(name: string, value: Duration | undefined, min: number, max: number): void {
  requireDuration(name, value, 'days', (duration) => duration.toDays({ integral: false }), min, max);
}

/** Two numbers in order. Tokens and values left out pass. */
export function requireOrder(lowName: string, low: number | undefined, highName: string, high: number | undefined): void {
  if (low === undefined || high === undefined || Token.isUnresolved(low) || Token.isUnresolved(high)) {
    return;
  }
  if (low > high) {
    fail(`${lowName} must not be above ${highName}, got ${low} and ${high}`);
  }
}

/** A command as a list of words: one text with spaces would be taken for the name of a program. */
export function requireCommand(name: string, command: string[], example: string): void {
  if (!Array.isArray(command)) {
    fail(`${name} must be a list of words, got '${command}'; give ${JSON.stringify(`${command}`.trim().split(/\s+/))}`);
  }
  if (command.length === 0) {
    fail(`${name} must have at least one word, got an empty list; for example ${example}`);
  }
  const [first] = command;
  if (!Token.isUnresolved(first) && /\s/.test(first)) {
    fail(`${name} must have one word per entry, got '${first}'; give ${JSON.stringify(first.trim().split(/\s+/))}`);
  }
}

/** Text of a form. Tokens and values left out pass. */
export function requirePattern(name: string, value: string | undefined, pattern: RegExp, allowed: string): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!pattern.test(value)) {
    fail(`${name} must be ${allowed}, got '${value}'`);
  }
}

/** The seconds of a duration, or undefined where it is a token and nothing can be said of it at synth. */
export function knownSeconds(value: Duration): number | undefined {
  return value.isUnresolved() ? undefined : value.toSeconds({ integral: false });
}

/**
 * A map with its keys in order. The same map reaches us in another order from each language (Go sorts, Java's `Map.of` varies by
 * run), and the template has to be the same.
 */
export function sorted<T>(map: { readonly [key: string]: T } | undefined): { [key: string]: T } {
  return Object.fromEntries(Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function requireDuration(
  name: string,
  value: Duration | undefined,
  unit: 'seconds' | 'minutes' | 'days',
  amountOf: (duration: Duration) => number,
  min: number,
  max: number,
  remedy?: string,
): void {
  if (value === undefined) {
    return;
  }
  if (typeof value.isUnresolved !== 'function') {
    fail(`${name} must be a Duration, got ${value}; for example Duration.${unit}(${min})`);
  }
  if (value.isUnresolved()) {
    requireUnit(name, value, unit);
    return;
  }
  const amount = amountOf(value);
  if (!Number.isInteger(amount) || amount < min || amount > max) {
    fail(withRemedy(`${name} must be a whole number of ${unit} from ${min} to ${max}, got ${amount}`, remedy));
  }
}

/** A token cannot be converted. */
function requireUnit(name: string, value: Duration, unit: 'seconds' | 'minutes' | 'days'): void {
  const given = value.unitLabel();
  if (given !== unit) {
    fail(`${name} must be in ${unit} if it is a token, got one in ${given}; give Duration.${unit}() of the token`);
  }
}

function withRemedy(message: string, remedy?: string): string {
  return remedy ? `${message}; ${remedy}` : message;
}
