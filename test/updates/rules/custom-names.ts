import type { Rule } from '../rule';
import { identityOf } from '../template';
import { NAME_PROPERTY } from './unique';

export const CUSTOM_NAMES: Rule = {
  name: 'custom names',
  kind: 'refused',
  says: 'CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename NAME and update the stack again.',
  sources: [
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html',
    'https://github.com/honerlaw/serverless-fargate-plugin/issues/19',
  ],
  faults: ({ step: { verb, type, old, next } }) => {
    const property = NAME_PROPERTY[type];
    const [was, is] = [old?.properties[property], next?.properties[property]];
    return verb === 'replace' && is !== undefined && identityOf(was) === identityOf(is) ? [`${property} ${identityOf(is)} stays`] : [];
  },
};

export const RESOURCE_TYPES: Rule = {
  name: 'type of a logical id',
  kind: 'refused',
  says: 'Update of resource type is not permitted. The new template modifies resource type of the following resources: [ID]',
  sources: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html'],
  faults: ({ step: { verb, old, next } }) => (verb === 'create' && old && next ? [`${old.type} becomes ${next.type}`] : []),
};
