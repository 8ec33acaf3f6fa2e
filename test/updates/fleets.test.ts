import { Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { FlaskPlatform, FlaskStage, LoadBalancing } from '../../src';
import { fullService, testApp } from '../util/test-stack';
import { Account } from './account';
import type { Template as Deployed } from './template';

const command = ['true'];
const ALL = ['Alpha', 'Beta', 'Gamma'];

const TEMPLATES = new Map<string, Deployed>();

/** Services of one stack, each with a worker, a release task, a schedule and discovery. */
function fleet(ids: readonly string[], onPlatform: boolean): Deployed {
  const key = `${ids} ${onPlatform}`;
  const template = TEMPLATES.get(key) ?? templateOf(ids, onPlatform);
  TEMPLATES.set(key, template);
  return template;
}

function templateOf(ids: readonly string[], onPlatform: boolean): Deployed {
  const stack = new Stack(testApp(), 'Team', { env: { account: '123456789012', region: 'eu-west-1' } });
  const platform = onPlatform ? FlaskPlatform.fromName(stack, 'Named', 'production') : undefined;
  for (const id of ids) {
    const web = fullService(
      stack,
      {
        stage: FlaskStage.production({ deletionProtection: false, accessLogs: false }),
        loadBalancing: platform && LoadBalancing.onPlatform(platform),
        outputs: false,
      },
      id,
    );
    web.addWorker('Celery', { command });
    web.addReleaseTask('Migrate', { command });
    web.addScheduledTask('Nightly', { command, schedule: ScheduleExpression.rate(Duration.hours(1)) });
    web.discoverableAs(id.toLowerCase());
  }
  return Template.fromStack(stack).toJSON();
}

describe.each([
  ['on a platform', true],
  ['in the network of their stack', false],
])('services of a stack, %s', (_, onPlatform) => {
  test.each(ALL)('%s is removed, and comes back: nothing is refused, and nothing of the others is touched', (gone) => {
    const account = new Account();
    account.deploy(fleet(ALL, onPlatform));
    for (const ids of [ALL.filter((id) => id !== gone), ALL]) {
      const { steps, findings, rollback } = account.deploy(fleet(ids, onPlatform));
      expect([...findings, ...rollback]).toEqual([]);
      const others = ALL.filter((id) => id !== gone);
      expect(steps.filter(({ logicalId }) => others.some((id) => logicalId.startsWith(id)))).toEqual([]);
    }
  });

  test('one after the other is removed, the last one too', () => {
    const account = new Account();
    for (const count of [3, 2, 1]) {
      const { findings, rollback } = account.deploy(fleet(ALL.slice(0, count), onPlatform));
      expect([...findings, ...rollback]).toEqual([]);
    }
    expect(account.destroy().findings).toEqual([]);
  });
});
