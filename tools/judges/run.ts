/**
 * Holds the templates against what auditors use, writes the counts to docs/judges.md, and fails where a finding on the hardened example is neither
 * gone nor acknowledged.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ACKNOWLEDGEMENTS, type Acknowledgement, OF_DATA } from './acknowledgements';
import { cdkNag, cfnLint, checkov, type Finding } from './judges';
import { subjects } from './templates';

const REPORT = path.join(__dirname, '../../docs/judges.md');
const NAMES = [
  'cdk-nag AwsSolutions',
  'cdk-nag HIPAA.Security',
  'cdk-nag NIST.800.53.R5',
  'cdk-nag PCI.DSS.321',
  'cdk-nag Serverless',
  'cfn-lint',
  'checkov',
];

function pythonTools(): string {
  const requirements = path.join(__dirname, 'requirements.txt');
  const hash = createHash('sha256').update(fs.readFileSync(requirements)).digest('hex').slice(0, 12);
  const venv = path.join(__dirname, '.cache', `venv-${hash}`);
  if (!fs.existsSync(path.join(venv, 'complete'))) {
    execFileSync('python3', ['-m', 'venv', '--clear', venv], { stdio: 'inherit' });
    execFileSync(path.join(venv, 'bin/python'), ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements], {
      stdio: 'inherit',
    });
    fs.writeFileSync(path.join(venv, 'complete'), '');
  }
  return path.join(venv, 'bin');
}

const acknowledges = ({ rules, resources }: Acknowledgement, { rule, resource }: Finding) =>
  rules.includes(rule) && resources.test(resource);

function main(): void {
  const bin = pythonTools();
  const judges = [cdkNag, cfnLint(bin), checkov(bin)];
  const results = subjects().map((subject) => ({ name: subject.name, findings: judges.flatMap((judge) => judge(subject)) }));
  const findingsOn = (subject: string) => results.find(({ name }) => name === subject)?.findings ?? [];
  // many services have no fault that a single one has not
  const single = new Set([...findingsOn('one line'), ...findingsOn('production with TLS')].map(({ judge, rule }) => `${judge} ${rule}`));
  const ofFleets = [...findingsOn('platform'), ...findingsOn('a service on it')].filter(
    ({ judge, rule }) => !single.has(`${judge} ${rule}`),
  );
  const judged = [...findingsOn('hardened'), ...findingsOn('data').filter(({ resource }) => OF_DATA.test(resource)), ...ofFleets];
  const open = judged.filter((finding) => !ACKNOWLEDGEMENTS.some((entry) => acknowledges(entry, finding)));
  const unused = ACKNOWLEDGEMENTS.flatMap((entry) =>
    entry.rules.filter((rule) => !judged.some((finding) => finding.rule === rule && acknowledges(entry, finding))),
  );
  const lint = results.flatMap(({ findings }) => findings.filter(({ judge }) => judge === 'cfn-lint'));

  const count = (findings: Finding[], judge: string) => findings.filter((finding) => finding.judge === judge).length;
  const report = [
    '# What the judges find',
    '',
    'Findings on six templates: the service of one line, production with HTTPS (`examples/typescript/custom-domain`), a database, a broker and a bucket of',
    'one line each (`tools/judges/data.ts`), a platform with two load balancers and a service on it (`tools/judges/platform.ts`), and `examples/typescript/hardened`.',
    'Written by `npx projen judges`, which fails where a finding on `hardened`, on the data, or on the platform and on no single service, is neither gone nor in `tools/judges/acknowledgements.ts`.',
    '',
    `| Judge | ${results.map(({ name }) => name).join(' | ')} | not acknowledged |`,
    `|---|${results.map(() => '---|').join('')}---|`,
    ...NAMES.map((judge) => `| ${judge} | ${results.map(({ findings }) => count(findings, judge)).join(' | ')} | ${count(open, judge)} |`),
    '',
    '## Acknowledged on `hardened`, on the data and on the platform, and why',
    '',
    '| Rules | Reason |',
    '|---|---|',
    ...ACKNOWLEDGEMENTS.map(({ rules, reason }) => `| ${rules.join(', ')} | ${reason} |`),
    '',
  ].join('\n');
  fs.writeFileSync(REPORT, report);
  console.log(report);

  const problems = [
    ...open.map(({ judge, rule, resource }) => `not acknowledged: ${judge} ${rule} on ${resource}`),
    ...unused.map((rule) => `acknowledged, but nothing finds it any more: ${rule}`),
    ...lint.map(({ rule, resource }) => `cfn-lint: ${rule} on ${resource}`),
  ];
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exitCode = 1;
  }
}

main();
