import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import type { App } from 'aws-cdk-lib/core';
import {
  ANNOTATIONS_IN_VALIDATION_REPORT,
  CURRENTLY_RECOMMENDED_FLAGS,
  STRICT_CFN_VALIDATE_ERRORS,
  VALIDATE_AGAINST_DEFAULT_RULES,
} from 'aws-cdk-lib/cx-api';
import { FlaskFargateService, FlaskImage } from '../src';
import { flaskApp } from './util/flask-app';
import { testStack } from './util/test-stack';

/*
 * The CDK checks each template against CloudFormation's own schemas. That costs seconds, so the other tests have it off.
 */
const { CDK_VALIDATION } = process.env;

beforeAll(() => {
  delete process.env.CDK_VALIDATION;
});

afterAll(() => {
  process.env.CDK_VALIDATION = CDK_VALIDATION;
});

/** The app of the one-line service, where all that the validation finds is an error, warnings included. */
function oneLine(): { readonly app: App; readonly web: FlaskFargateService } {
  const flags = {
    ...CURRENTLY_RECOMMENDED_FLAGS,
    [ANNOTATIONS_IN_VALIDATION_REPORT]: false,
    [VALIDATE_AGAINST_DEFAULT_RULES]: true,
    [STRICT_CFN_VALIDATE_ERRORS]: true,
  };
  const stack = testStack({ flags });
  const web = new FlaskFargateService(stack, 'Web', { image: FlaskImage.fromSource(flaskApp()) });
  return { app: stack.node.root as App, web };
}

test('the one-line service passes', () => {
  expect(() => oneLine().app.synth()).not.toThrow();
}, 60_000);

test('a mistake in the template would be found', () => {
  const { app, web } = oneLine();
  (web.service.node.defaultChild as CfnService).addPropertyOverride('DesiredCount', 'many');
  expect(() => app.synth()).toThrow("DesiredCount: 'many' is not of type 'integer'");
}, 60_000);
