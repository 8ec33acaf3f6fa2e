import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { newKey, type RotationEvent, rotate, rotated, type SecretKeys } from '../../src/secrets/secret-key-rotation.handler';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:Key-AbCdEf';
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const KEY = /^[A-Za-z]{64}$/;

const client = mockClient(SecretsManagerClient);

/** The versions of the secret, as AWS Secrets Manager keeps them. */
interface Version {
  value?: string;
  stages: string[];
}
let versions: { [id: string]: Version };

function awsError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function versionAt(stage: string): string | undefined {
  return Object.keys(versions).find((id) => versions[id].stages.includes(stage));
}

function move(stage: string, to: string) {
  for (const version of Object.values(versions)) {
    version.stages = version.stages.filter((other) => other !== stage);
  }
  versions[to].stages.push(stage);
}

const textOf = (keys: SecretKeys) => JSON.stringify(keys);
const current = (): { current: string; fallbacks: string[] } => {
  const { value } = versions[versionAt('AWSCURRENT') as string];
  const keys: SecretKeys = JSON.parse(`${value}`);
  return { current: keys.current, fallbacks: JSON.parse(keys.fallbacks) };
};

beforeEach(() => {
  client.reset();
  versions = { first: { value: textOf({ current: 'A'.repeat(64), fallbacks: '[]' }), stages: ['AWSCURRENT'] } };
  client.on(DescribeSecretCommand).callsFake(() => ({
    VersionIdsToStages: Object.fromEntries(Object.entries(versions).map(([id, { stages }]) => [id, stages])),
  }));
  client.on(GetSecretValueCommand).callsFake(({ VersionId = versionAt('AWSCURRENT') }) => {
    const version = versions[VersionId];
    if (version?.value === undefined) {
      throw awsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for VersionId: ${VersionId}`);
    }
    return { SecretString: version.value };
  });
  client.on(PutSecretValueCommand).callsFake(({ ClientRequestToken, SecretString, VersionStages }) => {
    const version = versions[ClientRequestToken];
    if (version?.value !== undefined && version.value !== SecretString) {
      throw awsError('ResourceExistsException', 'You can only change the value of a version by another version');
    }
    versions[ClientRequestToken] = { value: SecretString, stages: version?.stages ?? [] };
    for (const stage of VersionStages) {
      move(stage, ClientRequestToken);
    }
  });
  client.on(UpdateSecretVersionStageCommand).callsFake(({ VersionStage, MoveToVersionId, RemoveFromVersionId }) => {
    if (!versions[RemoveFromVersionId]?.stages.includes(VersionStage)) {
      throw awsError('InvalidParameterException', `the stage is not attached to ${RemoveFromVersionId}`);
    }
    move('AWSPREVIOUS', RemoveFromVersionId);
    move(VersionStage, MoveToVersionId);
  });
});

const event = (Step: RotationEvent['Step'], ClientRequestToken: string): RotationEvent => ({ Step, SecretId: SECRET, ClientRequestToken });

/** All steps of a rotation, as AWS Secrets Manager makes them: it begins with a version that has a stage and no value. */
async function rotation(token: string) {
  versions[token] = { stages: ['AWSPENDING'] };
  for (const step of STEPS) {
    await rotate(event(step, token));
  }
}

const sent = () => client.calls().map(({ args }) => args[0].constructor.name);

describe('a rotation', () => {
  test('the first one makes the next key, and leaves the current one', async () => {
    await rotation('second');
    expect(versionAt('AWSCURRENT')).toBe('second');
    expect(versionAt('AWSPREVIOUS')).toBe('first');
    expect(current()).toEqual({ current: 'A'.repeat(64), fallbacks: [expect.stringMatching(KEY)] });
  });

  test('the second one signs with the key that the tasks know already, and keeps the old one', async () => {
    await rotation('second');
    const [next] = current().fallbacks;
    await rotation('third');
    const [afterNext, previous] = current().fallbacks;
    expect(current()).toEqual({ current: next, fallbacks: [afterNext, 'A'.repeat(64)] });
    expect(afterNext).toMatch(KEY);
    expect(new Set([next, afterNext, previous]).size).toBe(3);
  });

  test('no session is lost: of two versions that tasks have at one time, each reads what the other signs', async () => {
    const seen = [current()];
    for (let i = 0; i < 6; i++) {
      await rotation(`version-${i}`);
      seen.push(current());
    }
    const reads = (reader: (typeof seen)[number], signer: (typeof seen)[number]) =>
      [reader.current, ...reader.fallbacks].includes(signer.current);
    for (let i = 1; i < seen.length; i++) {
      expect([reads(seen[i], seen[i - 1]), reads(seen[i - 1], seen[i])]).toEqual([true, true]);
    }
    // and a key goes: what was signed three rotations ago is not read for ever
    expect(reads(seen[6], seen[3])).toBe(false);
    expect(new Set(seen.map((keys) => keys.current)).size).toBe(6);
    expect(Math.max(...seen.map(({ fallbacks }) => fallbacks.length))).toBe(2);
  });

  test('every step may come twice', async () => {
    versions.second = { stages: ['AWSPENDING'] };
    for (const step of STEPS) {
      await rotate(event(step, 'second'));
      const after = JSON.stringify(versions);
      await rotate(event(step, 'second'));
      expect(JSON.stringify(versions)).toBe(after);
    }
  });

  test('one that broke off goes on with the value that it made', async () => {
    versions.second = { stages: ['AWSPENDING'] };
    await rotate(event('createSecret', 'second'));
    const made = versions.second.value;
    for (const step of STEPS) {
      await rotate(event(step, 'second'));
    }
    expect(versions.second.value).toBe(made);
    expect(versionAt('AWSCURRENT')).toBe('second');
  });

  test('a version that Secrets Manager has not made before is made', async () => {
    await rotate(event('createSecret', 'second'));
    expect(versions.second).toEqual({ value: expect.any(String), stages: ['AWSPENDING'] });
  });

  test('the value of the current version is not touched before the last step', async () => {
    versions.second = { stages: ['AWSPENDING'] };
    const before = versions.first;
    for (const step of ['createSecret', 'setSecret', 'testSecret'] as const) {
      await rotate(event(step, 'second'));
    }
    expect(versionAt('AWSCURRENT')).toBe('first');
    expect(versions.first).toEqual(before);
  });

  test('nothing is to be set elsewhere, for the key is nowhere else', async () => {
    await rotate(event('setSecret', 'second'));
    expect(sent()).toEqual(['DescribeSecretCommand']);
  });
});

describe('the test of a rotation that is set up without being run', () => {
  test('passes with the value that there is', async () => {
    versions.second = { value: versions.first.value, stages: ['AWSPENDING'] };
    await expect(rotate(event('testSecret', 'second'))).resolves.toBeUndefined();
    await expect(rotate(event('testSecret', 'unknown'))).resolves.toBeUndefined();
    expect(sent()).not.toContain('PutSecretValueCommand');
  });
});

describe('the value', () => {
  const message = `the value of ${SECRET} must be {"current": "<key>", "fallbacks": "[\\"<key>\\", …]"}, a JSON object of two texts; set it so, and rotate again`;

  test.each([
    ['a key alone', 'secret-hunter2'],
    ['nothing', ''],
    ['another secret', '{"username":"hunter2","password":"hunter2"}'],
    ['a number as key', '{"current":2,"fallbacks":"[]"}'],
    ['an empty key', '{"current":"","fallbacks":"[]"}'],
    ['no fallbacks', '{"current":"hunter2"}'],
    ['fallbacks that are a list', '{"current":"hunter2","fallbacks":["b"]}'],
    ['fallbacks that are no list', '{"current":"hunter2","fallbacks":"{}"}'],
    ['fallbacks that are no JSON', '{"current":"hunter2","fallbacks":"b,c"}'],
    ['fallbacks that are numbers', '{"current":"hunter2","fallbacks":"[1]"}'],
    ['an empty fallback', '{"current":"hunter2","fallbacks":"[\\"\\"]"}'],
    ['null', 'null'],
    ['a list', '["hunter2"]'],
  ])('that the user has set to %s is told, and not shown', async (_, value) => {
    versions.first.value = value;
    const error: Error = await rotate(event('createSecret', 'second')).then(
      () => Promise.reject(new Error('it passed')),
      (reason) => reason,
    );
    expect(error.message).toBe(message);
    expect(`${error.stack}`).not.toContain('hunter2');
    expect(sent()).not.toContain('PutSecretValueCommand');
    await expect(rotate(event('testSecret', 'second'))).rejects.toThrow(new Error(message));
  });

  test('that is binary is told', async () => {
    client.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });
    await expect(rotate(event('createSecret', 'second'))).rejects.toThrow(new Error(message));
  });

  test('of a version that failed its test is not used', async () => {
    versions.second = { value: '{}', stages: ['AWSPENDING'] };
    await rotate(event('createSecret', 'second'));
    await expect(rotate(event('testSecret', 'second'))).rejects.toThrow(new Error(message));
    expect(versionAt('AWSCURRENT')).toBe('first');
  });

  test('may be set by the user, and the next rotation goes on from there', async () => {
    versions.first.value = textOf({ current: 'of-the-user', fallbacks: '["next"]' });
    await rotation('second');
    expect(current()).toEqual({ current: 'next', fallbacks: [expect.stringMatching(KEY), 'of-the-user'] });
  });
});

describe('an error of AWS', () => {
  test('that the secret is gone is told, and no key is made in its place', async () => {
    client.on(GetSecretValueCommand).rejects(awsError('ResourceNotFoundException', 'gone'));
    await expect(rotate(event('createSecret', 'second'))).rejects.toThrow('gone');
    expect(sent()).not.toContain('PutSecretValueCommand');
  });

  test('that is of the rights is told, also where the value may be missing', async () => {
    versions.second = { stages: ['AWSPENDING'] };
    client.on(GetSecretValueCommand).rejects(awsError('AccessDeniedException', 'not authorized'));
    await expect(rotate(event('createSecret', 'second'))).rejects.toThrow('not authorized');
    expect(sent()).not.toContain('PutSecretValueCommand');
  });
});

test('a secret without versions has nothing current', async () => {
  client.on(DescribeSecretCommand).resolves({});
  await expect(rotate(event('finishSecret', 'second'))).rejects.toThrow('is not attached');
});

test('the calls say what is meant', async () => {
  await rotation('second');
  const [put] = client.commandCalls(PutSecretValueCommand).map(({ args }) => args[0].input);
  expect(put).toEqual({
    SecretId: SECRET,
    ClientRequestToken: 'second',
    SecretString: expect.any(String),
    VersionStages: ['AWSPENDING'],
  });
  const [moved] = client.commandCalls(UpdateSecretVersionStageCommand).map(({ args }) => args[0].input);
  expect(moved).toEqual({ SecretId: SECRET, VersionStage: 'AWSCURRENT', MoveToVersionId: 'second', RemoveFromVersionId: 'first' });
  expect(new Set(client.commandCalls(DescribeSecretCommand).map(({ args }) => args[0].input.SecretId))).toEqual(new Set([SECRET]));
});

describe('a key', () => {
  test('is 64 letters, so that it never looks like a number, and another one each time', () => {
    const keys = Array.from({ length: 200 }, newKey);
    expect(keys.every((key) => KEY.test(key))).toBe(true);
    expect(new Set(keys).size).toBe(200);
    // all letters come, large and small
    expect(new Set(keys.join('')).size).toBe(52);
  });

  test.each([
    ['without a next one', '[]', { current: 'a', fallbacks: '["fresh"]' }],
    ['with a next one', '["next"]', { current: 'next', fallbacks: '["fresh","a"]' }],
    ['with a previous one, which goes', '["next","previous"]', { current: 'next', fallbacks: '["fresh","a"]' }],
  ])('is rotated %s', (_, fallbacks, expected) => {
    expect(rotated({ current: 'a', fallbacks }, 'fresh')).toEqual(expected);
  });
});
