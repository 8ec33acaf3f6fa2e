import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DockerBuildSecret } from 'aws-cdk-lib';
import { NetworkMode } from 'aws-cdk-lib/aws-ecr-assets';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { App, Stack } from 'aws-cdk-lib/core';
import * as ts from 'typescript';
import { FlaskImage, WsgiServer } from '../../src';

const ROOT = path.join(__dirname, '../..');
const PAGE = path.join(ROOT, 'docs/image.md');
const [BEGIN, END] = ['<!-- npx projen docs:hash -->\n', '<!-- end -->\n'];

const FILES = {
  'app.py': 'from flask import Flask\n\napp = Flask(__name__)\nother = app\n',
  'pyproject.toml': [
    '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["flask==3.1.3", "gunicorn==23.0.0"]',
    '[project.optional-dependencies]\npdf = ["fpdf2==2.8.4"]',
    '[dependency-groups]\nweb = ["redis==6.4.0"]\n',
  ].join('\n'),
  'uv.lock': [
    'version = 1\nrequires-python = ">=3.11"\n',
    ...[
      ['flask', '3.1.3'],
      ['gunicorn', '23.0.0'],
    ].map(
      ([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = { registry = "https://example.com/simple" }\n`,
    ),
    '[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "flask" }, { name = "gunicorn" }]\n',
  ].join('\n'),
  'other.txt': 'flask==3.1.3\ngunicorn==23.0.0\n',
  'node_modules/a.js': '1',
  'static/a.js': '1',
  'web/app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
  Dockerfile: 'FROM scratch AS web\nCMD ["gunicorn", "app:app"]\n',
  'web.Dockerfile': 'FROM scratch\nCMD ["gunicorn", "app:app"]\n',
};

/** Another value than the default of each option, of the image or of the service that runs it. */
const SAMPLES: { readonly [option: string]: unknown } = {
  cpuArchitecture: CpuArchitecture.ARM64,
  exclude: ['static'],
  buildArgs: { A: '1' },
  buildSecrets: { 'pip.conf': DockerBuildSecret.fromSrc('pip.conf') },
  cacheFrom: [{ type: 'gha' }],
  cacheTo: { type: 'gha' },
  networkMode: NetworkMode.HOST,
  assetName: 'shop',
  wsgiApp: 'app:other',
  pythonVersion: '3.12',
  workingDirectory: 'web',
  dependencyFile: 'other.txt',
  dependencyGroups: ['web'],
  extras: ['pdf'],
  installerVersion: '0.8.0',
  baseImage: 'python:3.13-slim',
  systemPackages: ['libpq5'],
  buildPackages: ['gcc'],
  include: ['node_modules'],
  cacheMounts: false,
  file: 'web.Dockerfile',
  target: 'web',
  server: WsgiServer.granian(),
  port: 8080,
  writablePaths: ['/app/instance'],
};

/** The options of the interfaces, as they are written. */
function optionsOf(...names: string[]): string[] {
  const file = path.join(ROOT, 'src/image/flask-image-options.ts');
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf-8'), ts.ScriptTarget.ES2022, true);
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => names.includes(name.text))
    .flatMap(({ members }) => members.filter(ts.isPropertySignature).map(({ name }) => name.getText()));
}

const OF_ASSET = optionsOf('FlaskImageAssetOptions');

function hashOf(source: string, way: 'fromSource' | 'fromDockerfile', option?: string): string {
  const app = new App({ outdir: fs.mkdtempSync(path.join(os.tmpdir(), 'hash-')) });
  const given = option === undefined ? {} : { [option]: SAMPLES[option] ?? fail(option) };
  const ofAsset = option !== undefined && OF_ASSET.includes(option);
  const { assetHash } = FlaskImage[way](source, ofAsset ? {} : given).asDockerImageAsset(
    new Stack(app, 'Images'),
    'Image',
    ofAsset ? given : {},
  );
  fs.rmSync(app.outdir, { recursive: true });
  return assetHash;
}

function fail(option: string): never {
  throw new Error(`the option ${option} has no sample; give it one in tools/docs/image-hash.ts`);
}

/** Which options make another image. */
export function table(): string {
  const source = fs.mkdtempSync(path.join(os.tmpdir(), 'hash-app-'));
  for (const [file, text] of Object.entries(FILES)) {
    fs.mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    fs.writeFileSync(path.join(source, file), text);
  }
  const common = ['FlaskImageOptions', 'FlaskBuildOptions'];
  const ways = { fromSource: optionsOf(...common, 'FlaskSourceOptions'), fromDockerfile: optionsOf(...common, 'FlaskDockerfileOptions') };
  const usual = { fromSource: hashOf(source, 'fromSource'), fromDockerfile: hashOf(source, 'fromDockerfile') };
  const cell = (way: keyof typeof ways, option: string) => {
    const known = ways[way].includes(option) || OF_ASSET.includes(option);
    return known ? (hashOf(source, way, option) === usual[way] ? 'no' : 'yes') : '';
  };
  const options = [...new Set([...ways.fromSource, ...ways.fromDockerfile, ...OF_ASSET])];
  const rows = options.map((option) => `| \`${option}\` | ${cell('fromSource', option)} | ${cell('fromDockerfile', option)} |`);
  fs.rmSync(source, { recursive: true });
  return ['| Another value of | is another image `fromSource` | `fromDockerfile` |', '|---|---|---|', ...rows, ''].join('\n');
}

/** The page with the table in its place. */
export function page(text: string): string {
  const [before, rest] = text.split(BEGIN);
  return `${before}${BEGIN}\n${table()}\n${END}${rest.slice(rest.indexOf(END) + END.length)}`;
}

if (require.main === module) {
  fs.writeFileSync(PAGE, page(fs.readFileSync(PAGE, 'utf-8')));
}
