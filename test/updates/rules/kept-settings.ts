import type { Rule } from '../rule';
import { STICKY } from '../sticky-properties';
import { listOf, type Properties } from '../template';

/** Left out on purpose: the number of tasks is that of the scaling. */
const MEANT = ['DesiredCount'];

function keptOf(type: string, had: Properties, wanted: Properties): string[] {
  return Object.entries(STICKY[type] ?? {})
    .filter(([property]) => property in had && !MEANT.includes(property))
    .flatMap(([property, { by }]) => {
      if (by === undefined) {
        return property in wanted ? [] : [property];
      }
      const now = listOf(wanted[property]);
      // what belongs to something that is off has no effect: `stickiness.type` beside `stickiness.enabled`
      const off = now
        .filter(({ Key, Value }) => `${Key}`.endsWith('.enabled') && `${Value}` === 'false')
        .map(({ Key }) => `${Key}`.replace(/enabled$/, ''));
      return listOf(had[property])
        .filter(
          (attribute) => !now.some((each) => each[by] === attribute[by]) && !off.some((group) => `${attribute[by]}`.startsWith(group)),
        )
        .map((attribute) => `${attribute[by]} = ${attribute.Value}`);
    });
}

export const KEPT_SETTINGS: Rule = {
  name: 'a setting that is left out stays',
  kind: 'left behind',
  says: 'Attributes that you do not modify retain their current values. / To remove this property from your service resource, specify an empty array.',
  sources: [...new Set(Object.values(STICKY).flatMap((properties) => Object.values(properties).map(({ source }) => source)))],
  faults: ({ step: { verb, type, old, next } }) =>
    verb === 'update' && old && next ? keptOf(type, old.wanted, next.wanted).map((setting) => `${next.id} keeps ${setting}`) : [],
};
