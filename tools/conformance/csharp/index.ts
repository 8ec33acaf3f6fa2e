import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Assembly, type JsiiFeature, loadAssemblyFromPath } from '@jsii/spec';
import { DIST, EXAMPLES, filesOf, ROOT } from '../layout';
import { Api } from './api';
import { checkProject } from './check';
import { deviations } from './generated';

const FEATURES: JsiiFeature[] = ['intersection-types', 'class-covariant-overrides'];

/** The jsii assemblies of the package and of what it needs. */
export function assemblies(): Assembly[] {
  const folders = [ROOT, ...['aws-cdk-lib', 'constructs'].map((name) => path.join(ROOT, 'node_modules', name))];
  return folders.map((folder) => loadAssemblyFromPath(folder, false, FEATURES));
}

/** The API of the package and of what it needs, in C#. */
export function csharpApi(): Api {
  return new Api(assemblies());
}

/** What is wrong with a C# example; undefined if there is none. */
export async function checkExample(api: Api, scenario: string): Promise<string[] | undefined> {
  const folder = path.join(EXAMPLES, 'csharp', scenario);
  const files = fs.existsSync(folder) ? filesOf(folder, /\.cs$/) : [];
  if (files.length === 0) {
    return undefined;
  }
  const sources = files.map((file) => ({ name: path.relative(folder, file), text: fs.readFileSync(file, 'utf-8') }));
  return [...projectFindings(folder), ...(await checkProject(api, sources))];
}

/** `dotnet run` takes the one project file of its folder; the versions in it are those that everything else here is built with. */
function projectFindings(folder: string): string[] {
  const cdkJson = path.join(folder, 'cdk.json');
  const app = fs.existsSync(cdkJson) ? JSON.parse(fs.readFileSync(cdkJson, 'utf-8')).app : undefined;
  const projects = filesOf(folder, /\.csproj$/);
  const text = projects.map((file) => fs.readFileSync(file, 'utf-8')).join('');
  const { version, devDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf-8'));
  const references = [
    `"CdkFlaskFargate" Version="${version}"`,
    `"Amazon.CDK.Lib" Version="[${devDependencies['aws-cdk-lib']},3.0.0)"`,
    `"Constructs" Version="[${devDependencies.constructs},`,
  ];
  return [
    ...(text.includes('<Nullable>enable</Nullable>') ? [] : ['nullable reference types are not enabled, which `dotnet new` does']),
    ...(app === 'dotnet run' ? [] : [`cdk.json runs ${JSON.stringify(app)} and not "dotnet run"`]),
    ...(projects.length === 1 ? [] : [`${projects.length} project files, and one is expected`]),
    ...references.filter((reference) => !text.includes(reference)).map((reference) => `no reference to ${reference} in the project file`),
  ];
}

export function deviationsOfGenerated(api: Api): Promise<string[]> {
  return deviations(api, 'cdk-flask-fargate', filesOf(path.join(DIST, 'dotnet'), /\.cs$/));
}
