import fc from 'fast-check';
import { BANDS_SIZE, FIRST_PRIORITY, LAST_PRIORITY, priorityOf } from '../../src/load-balancing/priority';
import { covers, hides, type Route } from '../../src/load-balancing/route';

interface Service extends Route {
  readonly name: string;
}
interface Request {
  readonly host: string;
  readonly path: string;
}

const takes = ({ hosts, paths }: Route, { host, path }: Request) =>
  (hosts.length === 0 || hosts.some((pattern) => covers(pattern, host))) &&
  (paths.length === 0 || paths.some((pattern) => covers(pattern, path)));

test('the bands fit between the numbers that are given by hand', () => {
  expect(FIRST_PRIORITY + BANDS_SIZE - 1).toBeLessThanOrEqual(LAST_PRIORITY);
});

const ORDERED: [string, Route, Route][] = [
  ['a host before no host', { hosts: ['a.example.com'], paths: [] }, { hosts: [], paths: ['/*'] }],
  ['an exact host before a wildcard', { hosts: ['a.example.com'], paths: [] }, { hosts: ['*.example.com'], paths: [] }],
  ['a longer wildcard host first', { hosts: ['*.eu.example.com'], paths: [] }, { hosts: ['*.example.com'], paths: [] }],
  ['an exact path before a wildcard', { hosts: [], paths: ['/api'] }, { hosts: [], paths: ['/api*'] }],
  ['a longer path first', { hosts: [], paths: ['/api/v2/*'] }, { hosts: [], paths: ['/api/*'] }],
  ['a path before all paths of a host', { hosts: ['a.example.com'], paths: ['/api/*'] }, { hosts: ['a.example.com'], paths: ['/*'] }],
  ['the widest of several counts', { hosts: ['a.example.com'], paths: [] }, { hosts: ['b.example.com', '*.example.com'], paths: [] }],
];

test.each(ORDERED)('%s, whatever the names are', (_, first, second) => {
  for (let i = 0; i < 50; i++) {
    expect(priorityOf(first, `first${i}`)).toBeLessThan(priorityOf(second, `second${i}`));
  }
});

const label = fc.constantFrom('shop', 'orders', 'api', 'admin', 'eu', 'us', 'www', 'blog', 'login', 'pay');
const hosts = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(
      fc.tuple(label, fc.nat(30)).map(([name, i]) => `${name}${i}.example.com`),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { weight: 1, arbitrary: label.map((name) => [`*.${name}.example.com`]) },
  { weight: 1, arbitrary: fc.constant(['*.example.com']) },
  { weight: 1, arbitrary: fc.constant([]) },
);
const paths = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: fc.tuple(label, fc.nat(9)).map(([name, i]) => [`/${name}${i}/*`]) },
  { weight: 1, arbitrary: fc.tuple(label, label).map(([one, other]) => [`/${one}/${other}/*`]) },
  { weight: 1, arbitrary: label.map((name) => [`/${name}`]) },
);
const service = fc
  .record({ hosts, paths, name: fc.nat(10_000).map((i) => `service${i}`) })
  .filter((route) => route.hosts.length + route.paths.length > 0);

/** A request that a route takes, with what the wildcards stand for filled in. */
function requestOf({ hosts: [host = 'other.example.org'], paths: [path = '/'] }: Route, filler: string): Request {
  return { host: host.replace(/[*?]/g, filler), path: path.replace(/[*?]/g, filler) };
}

/** Whether a service of the fleet may not be added: the app refuses it or warns of it. */
function isRefused(fleet: readonly Placed[], added: Placed): boolean {
  return fleet.some((other) => {
    const equal = hides(added, other) && hides(other, added);
    const [first, second] = added.priority < other.priority ? [added, other] : [other, added];
    return other.name === added.name || equal || other.priority === added.priority || hides(first, second);
  });
}

interface Placed extends Service {
  readonly priority: number;
}

/** The fleets of a run: each change adds a service or takes one away. */
test('1,000 changes of fleets of 1 to 100 services renumber nobody and send no request to the wrong service', () => {
  const seen = { changes: 0, requests: 0, refused: 0, largest: 0, overlapping: 0 };
  fc.assert(
    fc.property(
      fc.array(service, { minLength: 1, maxLength: 100, size: 'max' }),
      fc.array(fc.tuple(service, fc.nat(), fc.boolean()), { minLength: 20, maxLength: 20 }),
      (start, changes) => {
        let fleet: Placed[] = [];
        const add = (one: Service) => {
          const placed = { ...one, priority: priorityOf(one, one.name) };
          if (isRefused(fleet, placed)) {
            seen.refused++;
          } else {
            fleet = [...fleet, placed];
          }
        };
        start.forEach(add);
        for (const [one, index, remove] of changes) {
          const before = new Map(fleet.map(({ name, priority }) => [name, priority]));
          if (remove && fleet.length > 1) {
            fleet = fleet.filter((_, i) => i !== index % fleet.length);
          } else {
            add(one);
          }
          seen.changes++;
          seen.largest = Math.max(seen.largest, fleet.length);
          // from the rule and its name alone, as another app or a later synth has it
          const renumbered = fleet.filter(({ name, priority, ...route }) => priorityOf(route, name) !== (before.get(name) ?? priority));
          expect(renumbered).toEqual([]);
          const wrong: Placed[] = [];
          const ordered = [...fleet].sort((a, b) => a.priority - b.priority);
          for (const target of fleet) {
            const request = requestOf(target, 'x');
            const got = ordered.find((rule) => takes(rule, request)) as Placed;
            seen.requests++;
            if (got !== target) {
              // another one may take it only where it is no wider: neither contains the other, or it is the narrower one
              seen.overlapping++;
              if (hides(got, target)) {
                wrong.push(target);
              }
            }
          }
          expect(wrong).toEqual([]);
        }
      },
    ),
    { numRuns: 50, seed: 17 },
  );
  console.log(JSON.stringify(seen));
  expect(seen.changes).toBe(1000);
  expect(seen.largest).toBeGreaterThan(50);
  // nearly all requests go to the one service that the fleet has for them
  expect(seen.overlapping / seen.requests).toBeLessThan(0.1);
});
