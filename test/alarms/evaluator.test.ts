import { type AlarmModel, type State, stateOf, statesOf } from '../../tools/alarms/evaluator';
import { evaluate } from '../../tools/alarms/expression';
import { statisticOf } from '../../tools/alarms/statistics';

const POINTS: { readonly [sign: string]: boolean | undefined } = { X: true, '0': false, '-': undefined };
const MISSING = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The two tables of the user guide of CloudWatch, "Configuring how CloudWatch alarms treat missing data". RETAIN keeps the state. */
describe.each([
  [
    3,
    [
      ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
      ['- - - - -', 'INSUFFICIENT_DATA', 'RETAIN', 'ALARM', 'OK'],
      ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['- - X - -', 'ALARM', 'RETAIN', 'ALARM', 'OK'],
    ],
  ],
  [
    2,
    [
      ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
      ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
      ['- - - - X', 'ALARM', 'RETAIN', 'ALARM', 'OK'],
    ],
  ],
])('%p of 3', (datapointsToAlarm, rows) => {
  test.each(rows)('%s', (signs, ...expected) => {
    const points = signs.split(' ').map((sign) => POINTS[sign]);
    for (const before of ['OK', 'ALARM'] as State[]) {
      const states = MISSING.map((missingData) => stateOf(points, { evaluationPeriods: 3, datapointsToAlarm, missingData }, before));
      expect(states).toEqual(expected.map((state) => (state === 'RETAIN' ? before : state)));
    }
  });
});

test.each<[string, number | undefined]>([
  ['1 + 2 * 3 - 4 / 2', 5],
  ['(1 + 2) * 3', 9],
  ['a + b', undefined],
  ['FILL(b, 7) + a', 9],
  ['IF(a >= 2, 10, 20)', 10],
  ['IF(a > 2, 10, 20)', 20],
  ['IF((a >= 2) AND (a < 2), 1, 0)', 0],
  ['MAX([a, 5, b])', 5],
  ['a / 0', undefined],
])('%s is %p', (expression, expected) => {
  expect(evaluate(expression, { a: 2, b: undefined })).toBe(expected);
});

test.each([
  ['c + 1', 'no metric is named c: c + 1'],
  ['SUM(a)', 'the evaluator has no function SUM of 1 values: SUM(a)'],
  ['a +', 'expected more, got the end: a +'],
  ['a ; 1', "metric math has no ';': a ; 1"],
])('%s is an error', (expression, message) => {
  expect(() => evaluate(expression, { a: 2 })).toThrow(message);
});

test.each<[string, number | undefined]>([
  ['Sum', 15],
  ['SampleCount', 10],
  ['Average', 1.5],
  ['Minimum', 1],
  ['Maximum', 3],
  ['PR(1:)', 30],
  ['PR(0.5:)', 100],
  ['p50', 1],
  ['p99', 3],
])('%s', (statistic, expected) => {
  const samples = [
    [1, 7],
    [2, 1],
    [3, 2],
  ] as const;
  expect(statisticOf(statistic, samples)).toBe(expected);
  expect(statisticOf(statistic, [])).toBeUndefined();
});

test('a window slides by a minute, and its last minute is seen later', () => {
  const alarm: AlarmModel = {
    id: 'Errors',
    queries: [{ id: 'm', returns: true, stat: { namespace: 'N', name: 'M', dimensions: {}, statistic: 'Sum', period: 300 } }],
    threshold: 4,
    comparison: 'GreaterThanThreshold',
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    missingData: 'notBreaching',
  };
  const series = Array.from({ length: 20 }, (_, minute) => (minute === 7 ? ([[1, 5]] as const) : undefined));
  const states = statesOf(alarm, () => series, 20);
  expect(states.flatMap((state, minute) => (state === 'ALARM' ? [minute] : []))[0]).toBe(8);
});
