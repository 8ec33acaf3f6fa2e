import { faultsOfUpgrade, keep, releases } from '../../tools/compat/templates';
import { tempDir } from '../util/temp-dir';
import { templateOf } from './matrix/bases';
import type { Template } from './template';

const TODAY = new Map([['quickstart/Shop', templateOf('one line')]]);

test('what is kept is what is read', () => {
  const folder = tempDir();
  keep('1.2.3', TODAY, folder);
  keep('1.10.0', TODAY, folder);
  const kept = releases(folder);
  expect([...kept.keys()]).toEqual(['1.10.0', '1.2.3']);
  expect(kept.get('1.2.3')).toEqual(TODAY);
});

test('a version that changes nothing is no fault', () => {
  expect(faultsOfUpgrade(TODAY, TODAY)).toEqual([]);
});

test('an example that is gone or new is nobody’s update', () => {
  expect(faultsOfUpgrade(TODAY, new Map())).toEqual([]);
  expect(faultsOfUpgrade(new Map(), TODAY)).toEqual([]);
});

test('a logical id that changes is found', () => {
  const renamed = JSON.stringify(templateOf('one line')).replaceAll('WebFrontEndLoadBalancerHttp', 'WebFrontEndLoadBalancerClients');
  const faults = faultsOfUpgrade(TODAY, new Map([['quickstart/Shop', JSON.parse(renamed) as Template]]));
  expect(faults.join('\n')).toContain('A listener already exists on this port for this load balancer');
});
