/** What IAM decided in all end-to-end tests that ran here, and what roles are granted that none of them used: `npx tsx tools/local-aws/iam.ts`. */
import { IamReport } from './iam-report';

const report = IamReport.kept();
console.log(`Calls of roles that IAM decided:\n${report.decided.map((line) => `  - ${line}`).join('\n')}\n\n${report}`);
