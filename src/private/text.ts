import { Token, Tokenization } from 'aws-cdk-lib/core';

/** A number as text; one that is known at deployment only stays a reference. */
export function textOf(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : `${value}`;
}
