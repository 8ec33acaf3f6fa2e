import { STACK } from '../cdk';
import type { Demo } from '../demo-context';
import { DemoFailure } from '../failure';
import { Inventory } from '../inventory';
import { until } from '../poll';
import type { Step } from './step';

export const destroy: Step = {
  name: 'destroy',
  title: 'cdk destroy',
  async run(demo, say) {
    await demo.cdk.destroy([STACK], say);
    return { summary: `${demo.stack.size} resources` };
  },
};

export const leftovers: Step = {
  name: 'leftovers',
  title: 'What is left',
  async run(demo) {
    const after = await Inventory.take(demo.aws);
    if (!demo.before) {
      throw new DemoFailure('nothing to compare with');
    }
    const left = [...after.since(demo.before), ...(await runningAfterAWhile(demo))];
    if (left.length > 0) {
      throw new DemoFailure(`${left.length} things of the stack are left`, undefined, left.join('\n'));
    }
    return {
      summary: `nothing of the stack (${after.kinds} kinds of resource looked at); CDKToolkit stays, as on AWS`,
      leftovers: left,
      kinds: after.kinds,
      unanswered: after.unanswered,
    };
  },
};

/** Stopping takes a task a moment after ECS has let go of it. */
export async function runningAfterAWhile({ engine, options }: Pick<Demo, 'engine' | 'options'>): Promise<string[]> {
  if (!engine || options.endpoint) {
    return [];
  }
  let running: string[] = [];
  await until('the last task to end', 10, async () => {
    running = await engine.running();
    return running.length === 0 || undefined;
  }).catch(() => undefined);
  return running;
}
