import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Workspace } from '../../../tools/local-aws/workspace';

const NOT_PART_OF_THE_APP = new Set(['.venv', '.pytest_cache', '__pycache__']);

/** A copy of an example and of the sample app, to make new versions of. */
export class AppCopy {
  /** The app to give to `cdk synth`. */
  public readonly cdkApp: string;
  /** The Flask app, with its Dockerfile. */
  public readonly source: string;

  public constructor(example: string, folder: string) {
    const examples = join(folder, 'examples');
    this.cdkApp = join(examples, 'typescript', example, 'app.ts');
    this.source = join(examples, 'sample-app');
    mkdirSync(dirname(this.cdkApp), { recursive: true });
    cpSync(join(Workspace.root, 'examples', 'typescript', example), dirname(this.cdkApp), { recursive: true });
    cpSync(join(Workspace.root, 'examples', 'sample-app'), this.source, {
      recursive: true,
      filter: (path) => !NOT_PART_OF_THE_APP.has(basename(path)),
    });
    symlinkSync(join(Workspace.root, 'node_modules'), join(folder, 'node_modules'));
  }

  /** More packages than the app itself needs. */
  public require(packages: readonly string[]): void {
    appendFileSync(join(this.source, 'requirements.txt'), `${packages.join('\n')}\n`);
  }

  /** What `GET /` shows. */
  public setVersion(version: string): void {
    const file = join(this.source, 'app', 'settings.py');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"APP_VERSION": "[^"]+"/, `"APP_VERSION": "${version}"`));
  }

  /** One more migration, after those that there are and in the place of an earlier one of this method; without a statement none. */
  public setMigration(statement?: string): void {
    const file = join(this.source, 'migrations', 'versions', '0003_author.py');
    if (statement === undefined) {
      rmSync(file, { force: true });
      return;
    }
    const lines = [
      'import sqlalchemy as sa',
      'from alembic import op',
      '',
      'revision = "0003"',
      'down_revision = "0002"',
      '',
      '',
      'def upgrade() -> None:',
      `    ${statement}`,
      '',
    ];
    writeFileSync(file, lines.join('\n'));
  }
}
