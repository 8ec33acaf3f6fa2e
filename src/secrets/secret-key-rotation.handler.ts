import { randomInt } from 'node:crypto';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/** What AWS Secrets Manager sends, once for each step of a rotation. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  /** The id of the version that the rotation makes. */
  readonly ClientRequestToken: string;
}

/** The value of the secret. */
export interface SecretKeys {
  /** The key that sessions are signed with. */
  readonly current: string;
  /** The keys that sessions are read with too, a JSON list in a text: the next one, and the previous one. */
  readonly fallbacks: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 64;

const secrets = new SecretsManagerClient({});

/** One step of a rotation. Each may come twice, and does nothing then. */
export async function rotate({ Step, SecretId, ClientRequestToken }: RotationEvent): Promise<void> {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  const current = Object.keys(VersionIdsToStages).find((version) => VersionIdsToStages[version].includes('AWSCURRENT'));
  if (current === ClientRequestToken) {
    return;
  }
  const isPending = VersionIdsToStages[ClientRequestToken]?.includes('AWSPENDING') ?? false;
  if (Step === 'createSecret' && !(isPending && (await read(SecretId, ClientRequestToken)))) {
    const keys = parse(SecretId, await read(SecretId));
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken,
        SecretString: JSON.stringify(rotated(keys, newKey())),
        VersionStages: ['AWSPENDING'],
      }),
    );
  }
  if (Step === 'testSecret') {
    parse(SecretId, await read(SecretId, isPending ? ClientRequestToken : undefined));
  }
  if (Step === 'finishSecret') {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: ClientRequestToken,
        RemoveFromVersionId: current,
      }),
    );
  }
}

/**
 * The next key has been a fallback since the last rotation, so tasks that still sign with the old one read sessions that are signed with it; the
 * old one becomes a fallback. At the first rotation there is no next key: one is made, and the current one stays.
 */
export function rotated({ current, fallbacks }: SecretKeys, fresh: string): SecretKeys {
  const [next] = JSON.parse(fallbacks) as string[];
  return next === undefined
    ? { current, fallbacks: JSON.stringify([fresh]) }
    : { current: next, fallbacks: JSON.stringify([fresh, current]) };
}

/** Letters only: Flask takes what looks like a number for one. */
export function newKey(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** The value of a version, that of the current one by default; undefined where the version has none yet. */
async function read(SecretId: string, VersionId?: string): Promise<string | undefined> {
  try {
    return (await secrets.send(new GetSecretValueCommand({ SecretId, VersionId }))).SecretString;
  } catch (error) {
    if (VersionId !== undefined && error instanceof Error && error.name === 'ResourceNotFoundException') {
      return undefined;
    }
    throw error;
  }
}

function parse(secretId: string, text = ''): SecretKeys {
  try {
    const { current, fallbacks } = JSON.parse(text);
    const list: unknown = JSON.parse(fallbacks);
    if (Array.isArray(list) && [current, ...list].every((key) => typeof key === 'string' && key !== '')) {
      return { current, fallbacks };
    }
  } catch {
    // told below: the message of JSON.parse quotes the text, which is secret
  }
  throw new Error(
    `the value of ${secretId} must be {"current": "<key>", "fallbacks": "[\\"<key>\\", …]"}, a JSON object of two texts; set it so, and rotate again`,
  );
}
