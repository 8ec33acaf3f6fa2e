import type { Template } from 'aws-cdk-lib/assertions';
import { type CfnElement, CfnResource, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** The logical id of the resource that a construct makes. */
export function idOf(construct: IConstruct): string {
  const resource = construct instanceof CfnResource ? construct : construct.node.defaultChild;
  return Stack.of(construct).resolve((resource as CfnElement).logicalId);
}

/** The ids of all that CloudFormation makes before a resource: what it depends on or refers to, and what that needs itself. */
export function madeBefore(template: Template, resource: IConstruct | string): string[] {
  const { Resources } = template.toJSON() as { Resources: { [id: string]: { DependsOn?: string | string[] } } };
  const before = new Set<string>();
  const visit = (id: string) => {
    const { DependsOn = [], ...rest } = Resources[id];
    for (const needed of [DependsOn, ...referencesIn(rest)].flat()) {
      if (needed in Resources && !before.has(needed)) {
        before.add(needed);
        visit(needed);
      }
    }
  };
  visit(typeof resource === 'string' ? resource : idOf(resource));
  return [...before].sort();
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') {
      return [inner];
    }
    if (key === 'Fn::GetAtt') {
      return [Array.isArray(inner) ? inner[0] : `${inner}`.split('.')[0]];
    }
    if (key === 'Fn::Sub') {
      const [text] = [inner].flat();
      return [...`${text}`.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    }
    return referencesIn(inner);
  });
}
