import { QUICK } from './quick';

// the bundled validator costs 7 s and 350 MB each time; the files that call validateTemplates() have it on
process.env.CDK_VALIDATION ??= 'false';
process.env.CDK_CONTEXT_JSON ??= JSON.stringify(QUICK);
