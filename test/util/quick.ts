/** The CDK keeps the stack trace of every construct that is made: a third of the time of a synthesis. No template differs. */
export const QUICK = { 'aws:cdk:disable-creation-stack-traces': true };
