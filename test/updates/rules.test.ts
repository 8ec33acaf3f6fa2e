import { INTERRUPTIONS_AND_RULES, judge, type Verdict } from './account';
import { EVERY_RULE_CASES, type RuleCase } from './cases';
import type { Finding } from './rule';
import { TEXTS } from './rules/names';
import { QUOTAS } from './rules/quotas';
import { NAMES } from './rules/unique';
import type { Template } from './template';

/*
 * The referee is judged itself: each rule says no to an update that AWS is known to refuse or to interrupt, and yes to its neighbour.
 */

const all = ({ findings, rollback }: Verdict): readonly Finding[] => [...findings, ...rollback];

function found(rule: string, [before, after]: readonly [Template, Template]): Finding[] {
  return all(judge(before, after)).filter((finding) => finding.rule === rule);
}

/** A template of one resource whose property at a path is a text. */
function withText(type: string, path: string, text: string): Template {
  const value = path.split('.').reduceRight<unknown>((inner, key) => (key === '*' ? [inner] : { [key]: inner }), text);
  return { Resources: { Thing: { Type: type, Properties: value as { [name: string]: unknown } } } };
}

const NOTHING: Template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };

const CASES: readonly RuleCase[] = [
  ...EVERY_RULE_CASES,
  ...TEXTS.map(({ type, path, example: [refused, accepted] }) => ({
    rule: `text: ${type.split('::').slice(1).join(' ')} ${path}`,
    refused: [NOTHING, withText(type, path, refused)] as const,
    accepted: [NOTHING, withText(type, path, accepted)] as const,
  })),
  // a name that exists once: under another logical id it is created before the old one goes
  ...Object.entries(NAMES).map(([type, names]) => {
    const named = (id: string, suffix = '') => ({
      Resources: { [id]: { Type: type, Properties: Object.fromEntries(names.map((name) => [name, `shop${suffix}`])) } },
    });
    return {
      rule: `unique: ${type.split('::').slice(1).join(' ')}`,
      refused: [named('One'), named('Other')] as const,
      accepted: [named('One'), named('Other', '2')] as const,
    };
  }),
];

describe.each(CASES)('$rule', ({ rule, refused, accepted }) => {
  test('says no', () => {
    expect(found(rule, refused)).not.toEqual([]);
  });

  test('says yes to the neighbour', () => {
    expect(found(rule, accepted)).toEqual([]);
  });
});

test('each rule has such a case', () => {
  const tested = new Set(CASES.map(({ rule }) => rule));
  expect(INTERRUPTIONS_AND_RULES.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
  expect([...tested].filter((name) => !INTERRUPTIONS_AND_RULES.some((rule) => rule.name === name))).toEqual([]);
});

test('each rule has its source and the words of AWS', () => {
  for (const { says, sources } of INTERRUPTIONS_AND_RULES) {
    expect(says).toMatch(/\S{3}/);
    expect(sources).not.toEqual([]);
    for (const source of sources) {
      expect(source).toMatch(/^https:\/\/(docs\.aws\.amazon\.com|github\.com\/[\w-]+\/[\w.-]+\/issues\/\d+)/);
    }
  }
});

test('quotas have different names', () => {
  expect(new Set(QUOTAS.map(({ name }) => name)).size).toBe(QUOTAS.length);
});
