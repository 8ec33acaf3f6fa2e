import type { Requirement } from './requirement';

/** Where the build stage has the virtual environment. The last stage has it at the same place. */
export const VENV = '/opt/venv';

/** The generated file with the requirement of the server. */
export const SERVER_REQUIREMENTS = 'flask_image_server.txt';
/** The generated file with the dependencies of a pyproject.toml that has no lock. */
export const PROJECT_REQUIREMENTS = 'flask_image_project.txt';

/** What the user says of the dependencies. */
export interface DependencyOptions {
  readonly dependencyFile?: string;
  readonly dependencyGroups?: string[];
  readonly extras?: string[];
  readonly installerVersion?: string;
  readonly workingDirectory?: string;
  readonly baseImage?: string;
  readonly buildArgs?: { readonly [name: string]: string };
  readonly buildSecrets?: { readonly [name: string]: string };
}

/** How the dependencies of a project are named, and how they are installed into the virtual environment. */
export interface DependencySource {
  readonly tool: 'pip' | 'uv' | 'Poetry' | 'Pipenv' | 'PDM';
  /** The file that decides what is installed. */
  readonly file: string;
  readonly requirements: Requirement[];
  /** Whether the requirements are all that is installed, those of others included: a lock. */
  readonly complete: boolean;
  /** Whether the names of all requirements are known. */
  readonly named: boolean;
  /** Whether two builds install the same versions. */
  readonly pinned: boolean;
  readonly git: boolean;
  /** The command that makes what is missing: a lock. */
  readonly lockCommand: string;
  /** The files that the installation reads, where it does not need the whole folder. */
  readonly files: string[];
  /** Files to write, by their names. */
  readonly generated?: { readonly [file: string]: string };
  /** Variables of the build stage. */
  readonly environment: { readonly [name: string]: string };
  /** Makes the installer. */
  readonly setup: string[];
  readonly needsSource: boolean;
  readonly install: string[];
  /** Installs the project itself, once its source is there. */
  readonly installProject: string[];
  /** Installs a requirements file beside the dependencies. */
  readonly installMore: (file: string) => string;
  /** The installer in the virtual environment, which goes when all is installed. */
  readonly removeInstaller: string[];
}

const PIP = `${VENV}/bin/pip`;

/** What is the same in all that pip installs. */
export const BY_PIP = {
  environment: {},
  setup: [`python3 -m venv ${VENV}`],
  installMore: (file: string) => `${PIP} install -r ${file}`,
  removeInstaller: [`${PIP} uninstall -q -y pip`],
};

/** An installer in a virtual environment of its own, and one for the app that it does not share. */
export function installer(name: string, version: string | undefined, pip: boolean, beside = ''): string[] {
  const requirement = `${version ? `${name}==${version}` : name}${beside}`;
  return [
    `python3 -m venv /opt/${name} && /opt/${name}/bin/pip install ${requirement}`,
    `python3 -m venv ${pip ? '' : '--without-pip '}${VENV}`,
  ];
}
