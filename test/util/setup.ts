// the bundled validator costs 7 s and 350 MB each time; one test has it on
process.env.CDK_VALIDATION = 'false';
// the CDK keeps the stack trace of every construct that is made: a third of the time of a test
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
