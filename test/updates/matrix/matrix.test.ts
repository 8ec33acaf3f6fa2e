import * as fs from 'node:fs';
import { PAGE, page, rowsOf } from '../../../tools/docs/updates';
import { linesOf } from '../account';
import { BASE_NAMES } from './bases';
import { choice } from './choices';
import { DOCUMENTED, isKnown, KNOWN, noteOn } from './documented';
import { CHOICES, walk } from './matrix';
import { publicOptions } from './public-options';
import { walkAtRandom } from './walks';

/** What a user reads, or what is the same in another form: nothing of it changes a stack by itself. */
const NO_CHANGE: readonly RegExp[] = [
  // `new FlaskWorker(scope, id, { service })` is what `addWorker` does
  /^Flask\w+Props\.service$/,
  // names and URLs to read
  /^FlaskServiceOutputs\./,
  // metrics, commands and lists to read
  /^FlaskServiceMetrics\./,
  /^FlaskServiceAlarms\.alarm$/,
  /\.runTaskCommandWith$/,
  // an image beside the services, whose options are tried
  /^FlaskImage\.asDockerImageAsset$/,
];

const covered = new Set(CHOICES.flatMap(({ option, with: others = [] }) => [option, ...others]));

test('every public option, choice and method has an update; add one to test/updates/matrix', () => {
  const missing = publicOptions().filter((option) => !covered.has(option) && !NO_CHANGE.some((pattern) => pattern.test(option)));
  expect(missing).toEqual([]);
});

test('every update is of an option that exists', () => {
  const existing = new Set(publicOptions());
  expect([...covered].filter((option) => !existing.has(option))).toEqual([]);
});

test('options are read from the sources, with what extends them', () => {
  expect(publicOptions()).toEqual(
    expect.arrayContaining(['FlaskFargateServiceProps.port', 'Tls.forDomain', 'FlaskFargateService.addWorker']),
  );
  expect(publicOptions().filter((option) => option.includes('._'))).toEqual([]);
});

test.each(BASE_NAMES)('the first deployment of %s passes, and its rollback', (base) => {
  expect(linesOf(walk(base, choice('nothing', {})).first)).toEqual([]);
});

/* All of them, on all bases: npx projen updates. Here those whose faults were found by hand before there was a referee. */
const FOUND_BY_HAND = [
  'LoadBalancingOptions.tls',
  'FlaskStage.development',
  'Egress.publicIps',
  'LoadBalancing.internal',
  'LoadBalancing.none',
  'LoadBalancing.sharedListener',
  'FlaskFargateServiceProps.port',
  'Capacity.spot',
  'FlaskWorkerOptions.capacity',
  'ManagedRulesOptions.logRequests',
  'LoadBalancingOptions.webAcl',
  'FlaskDeployment.blueGreen',
  'FlaskFargateService.addScheduledTask',
  'FlaskFargateService.discoverableAs',
];

test.each(FOUND_BY_HAND)('%s, both ways', (option) => {
  const found = CHOICES.find((each) => each.option === option);
  const pairs = found ? walk('production with TLS', found).pairs : [];
  expect(pairs.length).toBeGreaterThan(1);
  for (const { from, to, verdict } of pairs) {
    const findings = [...verdict.findings, ...verdict.rollback].filter((finding) => !noteOn(option, finding) && !isKnown(option, finding));
    expect({ from, to, faults: linesOf({ steps: [], findings, rollback: [] }) }).toEqual({ from, to, faults: [] });
  }
});

test('an update that nobody knows of fails a walk, with its seed and its smallest form', () => {
  const broken = choice('FlaskFargateServiceProps.port', {
    on: (draft) => {
      // the id of the whole service
      draft.id = 'Renamed';
    },
  });
  const { pairs } = walk('production with TLS', broken);
  expect(linesOf(pairs[0].verdict).join('\n')).toContain(
    "Tried to create resource record set [name='NAME', type='TYPE'] but it already exists",
  );
});

test.each(['SharedListenerOptions.hosts', 'PlatformServiceOptions.hosts', 'PlatformServiceOptions.priority'])(
  '%s writes the rule of a service that shifts its requests, which has a note',
  (option) => {
    const found = CHOICES.find((each) => each.option === option);
    const { pairs } = walk('one line', {
      option,
      given: (draft) => {
        found?.given?.(draft);
        draft.strategy = 'blueGreen';
      },
      values: found?.values ?? {},
    });
    const notes = pairs.flatMap(({ verdict }) => verdict.findings.map((finding) => noteOn(option, finding)?.note));
    expect([...new Set(notes)]).toEqual(expect.arrayContaining(['weights']));
    expect(notes).not.toContain(undefined);
  },
);

test('random walks', () => {
  // the same in each run: `npx projen updates --walks 5000 --seed N` is for new ones
  const counts = walkAtRandom(8, 1);
  expect(counts.walks).toBe(8);
  expect(counts.updates).toBeGreaterThan(16);
});

describe('docs/updates.md', () => {
  const text = fs.readFileSync(PAGE, 'utf-8');

  test('has a row for each option; npx projen docs:updates writes it', () => {
    const rows = [...text.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, option]) => option);
    expect(rows.sort()).toEqual(CHOICES.map(({ option }) => option).sort());
  });

  test('has the prose and the notes of today', () => {
    const [head, rest] = page([]).split('## With steps');
    expect(text.startsWith(head)).toBe(true);
    expect(text).toContain(rest.slice(rest.indexOf('### '), rest.indexOf('## Without')).trim());
  });

  test('a row is what the updates give', () => {
    const walked = CHOICES.filter(({ option }) => option === 'HardeningOptions.user').flatMap((each) => walk('one line', each).pairs);
    const [row] = page(rowsOf(walked)).match(/^\| `HardeningOptions.user` .*$/m) ?? [];
    expect(row).toBe('| `HardeningOptions.user` | new tasks | new tasks | new tasks |');
    expect(text).toContain(row);
  });

  test('every note is used', () => {
    for (const { note } of DOCUMENTED) {
      expect(text).toContain(`[${note}](#${note})`);
    }
  });
});

test('nothing is known to fail', () => {
  expect(KNOWN).toEqual([]);
});
