import * as fs from 'node:fs';
import * as path from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import * as ts from 'typescript';
import { FlaskStage } from '../../src';
import { Egress } from '../../src/network/egress';
import { TaskScaling } from '../../src/scaling/task-scaling';

const ROOT = path.join(__dirname, '../..');

/** The stages, as the factories of the class are named. */
const STAGES = Object.getOwnPropertyNames(FlaskStage)
  .filter((name) => !['length', 'name', 'prototype', 'from'].includes(name))
  .map((name) => ({ name, defaults: (FlaskStage as unknown as { [name: string]: () => FlaskStage })[name]()._render() }));

/** The first sentence of the docstring of each option, by the name of the option. */
function descriptions(): Map<string, string> {
  const file = path.join(ROOT, 'src/stage/flask-stage-options.ts');
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf-8'), ts.ScriptTarget.ES2022, true);
  const found = new Map<string, string>();
  for (const statement of source.statements.filter(ts.isInterfaceDeclaration)) {
    for (const member of statement.members.filter(ts.isPropertySignature)) {
      const [doc] = ts.getJSDocCommentsAndTags(member);
      found.set(member.name.getText(), `${ts.getTextOfJSDocComment(doc.comment as string)}`.split(/\.\s/)[0].replace(/\.$/, ''));
    }
  }
  return found;
}

function textOf(option: string, value: unknown): string {
  if (value instanceof Egress) {
    const { natGateways, assignPublicIp, endpoints } = value._render();
    return assignPublicIp ? 'public IPs' : endpoints ? 'VPC endpoints' : `NAT gateways, ${natGateways?.count ?? 'one in each zone'}`;
  }
  if (value instanceof TaskScaling) {
    const { desired, min, max } = value._render();
    return desired === undefined ? `${min} to ${max}` : `${min}`;
  }
  if (value instanceof Duration) {
    const days = value.toDays();
    return days === 1 ? '1 day' : `${days} days`;
  }
  if (option === 'logRetention') {
    const days = value as RetentionDays;
    return days === RetentionDays.ONE_DAY ? '1 day' : `${days} days`;
  }
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : `${value}`;
}

/** The page on the stages. */
export function page(): string {
  const docs = descriptions();
  const rows = Object.keys(STAGES[0].defaults).map((option) => {
    const values = STAGES.map(({ defaults }) => textOf(option, defaults[option as keyof typeof defaults]));
    return `| \`${option}\` | ${docs.get(option)} | ${values.join(' | ')} |`;
  });
  return [
    '# Stages',
    '',
    'A stage is a set of defaults. It changes nothing else, and any value that you give a service overrides it. Without a stage, a service is in production.',
    'What is made in a service, such as a `FlaskSecretKey`, has the stage of the service.',
    '',
    `| Option | What it is | ${STAGES.map(({ name }) => `\`${name}\``).join(' | ')} |`,
    `|${'---|'.repeat(STAGES.length + 2)}`,
    ...rows,
    '',
    'A team can make its own stage from the closest one and its differences, and give it to every service:',
    '',
    '```ts',
    "import { Stack } from 'aws-cdk-lib';",
    "import { FlaskFargateService, FlaskImage, FlaskStage, TaskScaling } from 'cdk-flask-fargate';",
    'declare const stack: Stack;',
    '',
    'const staging = FlaskStage.production({ scaling: TaskScaling.fixed(1), deletionProtection: false });',
    '',
    "new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource('app'), stage: staging });",
    '```',
    '',
    'This page is generated: `npx projen docs:stages` writes it.',
    '',
  ].join('\n');
}

if (require.main === module) {
  fs.writeFileSync(path.join(ROOT, 'docs/stages.md'), page());
}
