import * as fs from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { FlaskAlarm, FlaskFargateService } from '../../src';
import { anImage, testStack } from '../util/test-stack';

const page = fs.readFileSync(path.join(__dirname, '../../docs/on-call.md'), 'utf-8');
const [, ...sections] = page.split(/^## /m).map((section) => [section.split('\n', 1)[0], section] as const);

test.each(Object.values(FlaskAlarm))('%s has a heading, and says where to look and what to do', (kind) => {
  const found = sections.filter(([heading]) => heading.split(' and ').includes(kind));
  expect(found).toHaveLength(1);
  const advice = ['Look', 'Do'].filter((word) => found[0][1].includes(`\n- **${word}**: `));
  // those two tell nobody
  expect(advice).toEqual(/^Deployment/.test(kind) ? [] : ['Look', 'Do']);
});

test('the table of the alarms has all of them', () => {
  const table = fs
    .readFileSync(path.join(__dirname, '../../docs/observability.md'), 'utf-8')
    .match(/(?<=\| Alarm [^\n]*\n)(\|[^\n]*\n)+/)?.[0];
  const named = [...`${table}`.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell]) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(Object.keys(FlaskAlarm).sort());
});

test('the mail on the page is that of the alarm', () => {
  const stack = testStack({ env: { account: '111111111111', region: 'eu-central-1' } });
  new FlaskFargateService(stack, 'Web', { image: anImage() });
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).filter(({ Properties: all }) =>
    `${all.AlarmName}`.endsWith(FlaskAlarm.MISSING_TASKS),
  );
  const said = (Properties.AlarmDescription['Fn::Join'][1] as unknown[]).find((part) => typeof part === 'string');
  const [mail] = page.match(/(?<=```text\n)[^`]*/) ?? [''];
  expect(mail.split('\nDashboard: ')[0].replace(/\n/g, ' ')).toBe(`${said}`.split('\nDashboard: ')[0]);
});
