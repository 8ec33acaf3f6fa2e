import { CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib/core';

/** What a text is an attribute of; undefined for one that is no reference, or a reference to what no template here makes. */
export function resourceOf(text: string | undefined): CfnResource | undefined {
  const [token] = Token.isUnresolved(text) ? Tokenization.reverseString(`${text}`).tokens : [];
  return Reference.isReference(token) && CfnResource.isCfnResource(token.target) ? token.target : undefined;
}
