import type { Rule } from '../rule';
import { isStateful } from '../schema';

export const DATA_REPLACED: Rule = {
  name: 'something with data is replaced',
  kind: 'interrupted',
  says: 'CloudFormation recreates the resource during an update, which also generates a new physical ID: what was in the old one does not go with it.',
  sources: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html'],
  faults: ({ step: { verb, old, type } }) => (verb === 'replace' && old && isStateful(type) ? [`${old.id} has data`] : []),
};
