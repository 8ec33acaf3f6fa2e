import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, LegacyStackSynthesizer, Stack, Validations } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import type { Subject } from './templates';

export interface Finding {
  readonly judge: string;
  readonly rule: string;
  readonly resource: string;
}

export type Judge = (subject: Subject) => Finding[];

/** The packs of cdk-nag, on the template as CloudFormation gets it. */
export const cdkNag: Judge = ({ file }) => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'nag-'));
  const app = new App({ outdir });
  new CfnInclude(new Stack(app, 'Judged', { synthesizer: new LegacyStackSynthesizer() }), 'Template', { templateFile: file });
  Validations.of(app).addPlugins(
    new AwsSolutionsChecks(app),
    new HIPAASecurityChecks(app),
    new NIST80053R5Checks(app),
    new PCIDSS321Checks(app),
    new ServerlessChecks(app),
  );
  try {
    app.synth();
  } catch (error) {
    // findings are errors of the synthesis; the report has them all
    if (!fs.existsSync(path.join(outdir, 'validation-report.json'))) {
      throw error;
    }
  }
  const report: NagReport = JSON.parse(fs.readFileSync(path.join(outdir, 'validation-report.json'), 'utf-8'));
  return report.pluginReports.flatMap(({ pluginName, violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => ({
        judge: `cdk-nag ${pluginName}`,
        rule: ruleName.slice(`${pluginName}-`.length),
        resource: constructPath.split('/').pop() as string,
      })),
    ),
  );
};

interface NagReport {
  readonly pluginReports: {
    readonly pluginName: string;
    readonly violations: { readonly ruleName: string; readonly violatingConstructs: { readonly constructPath: string }[] }[];
  }[];
}

/** cfn-lint: errors and warnings. */
export function cfnLint(bin: string): Judge {
  return ({ file }) => {
    // W3005: a DependsOn that a reference implies too. The CDK writes both where a construct depends on one that it also refers to; neither is wrong.
    const { stdout, stderr, status } = spawnSync(path.join(bin, 'cfn-lint'), ['--format', 'json', '--ignore-checks', 'W3005', '--', file], {
      encoding: 'utf-8',
    });
    if (status === null || (!stdout && status !== 0)) {
      throw new Error(`cfn-lint failed: ${stderr}`);
    }
    const matches: { readonly Rule: { readonly Id: string }; readonly Location: { readonly Path: string[] } }[] = JSON.parse(
      stdout || '[]',
    );
    return matches.map(({ Rule, Location }) => ({ judge: 'cfn-lint', rule: Rule.Id, resource: String(Location.Path?.[1] ?? '') }));
  };
}

/** checkov's rules for CloudFormation. */
export function checkov(bin: string): Judge {
  return ({ file }) => {
    const { stdout, stderr } = spawnSync(
      path.join(bin, 'checkov'),
      ['-f', file, '--framework', 'cloudformation', '--quiet', '--compact', '-o', 'json', '--skip-download'],
      { encoding: 'utf-8' },
    );
    if (!stdout) {
      throw new Error(`checkov failed: ${stderr}`);
    }
    const report: CheckovReport = JSON.parse(stdout);
    return (report.results?.failed_checks ?? []).map(({ check_id, resource }) => ({
      judge: 'checkov',
      rule: check_id,
      resource: resource.split('.').pop() as string,
    }));
  };
}

interface CheckovReport {
  readonly results?: { readonly failed_checks: { readonly check_id: string; readonly resource: string }[] };
}
