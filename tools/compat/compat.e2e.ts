/** That a breaking change is found: `npx tsx tools/compat/compat.e2e.ts`, after a compile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Assembly, Method, Property } from '@jsii/spec';
import { breakingChanges, currentAssembly } from './compat';

/** The API as it was, if it had had more. */
function before(
  change: (types: Record<string, { methods: Method[]; properties: { -readonly [K in keyof Property]: Property[K] }[] }>) => void,
): Assembly {
  const assembly = currentAssembly();
  change(assembly.types as never);
  return assembly;
}

const withMethod = before((types) => {
  types['cdk-flask-fargate.FlaskFargateService'].methods.push({ name: 'addCronJob' });
});
const KEY = 'removed:cdk-flask-fargate.FlaskFargateService.addCronJob';

test('the same API is compatible', () => assert.equal(breakingChanges(currentAssembly(), ''), ''));

test('a method that is gone breaks', () => assert.match(breakingChanges(withMethod, ''), new RegExp(KEY.replaceAll('.', '\\.'))));

test('a property that is required now breaks', () => {
  const withOptionalCommand = before((types) => {
    for (const property of types['cdk-flask-fargate.FlaskTaskOptions'].properties) {
      property.optional = true;
    }
  });
  assert.match(breakingChanges(withOptionalCommand, ''), /FlaskTaskOptions: newly required property 'command'/);
});

test('what is ignored with a reason does not break', () => assert.equal(breakingChanges(withMethod, `# never worked\n${KEY}\n`), ''));

test('what is ignored without a reason does', () => assert.match(breakingChanges(withMethod, `${KEY}\n`), /no line with the reason/));
