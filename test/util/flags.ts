import { ANNOTATIONS_IN_VALIDATION_REPORT, CURRENTLY_RECOMMENDED_FLAGS, STRICT_CFN_VALIDATE_ERRORS } from 'aws-cdk-lib/cx-api';

type Flags = { [flag: string]: unknown };

/** What `cdk init` writes into the app of a user, but for the one that prints each warning at each synth. */
export const RECOMMENDED_FLAGS: Flags = { ...CURRENTLY_RECOMMENDED_FLAGS, [ANNOTATIONS_IN_VALIDATION_REPORT]: false };

/** The same, where warnings of the validation are errors too. */
export const STRICT_FLAGS: Flags = { ...RECOMMENDED_FLAGS, [STRICT_CFN_VALIDATE_ERRORS]: true };

/** In the file that calls it, the CDK checks each template against CloudFormation's schemas and rules. That costs seconds, so in the others it is off. */
export function validateTemplates(): void {
  const { CDK_VALIDATION } = process.env;
  beforeAll(() => {
    delete process.env.CDK_VALIDATION;
    // it prints its warnings too
    jest.spyOn(console, 'error').mockImplementation();
  });
  afterAll(() => {
    jest.restoreAllMocks();
    process.env.CDK_VALIDATION = CDK_VALIDATION;
  });
}
