import { type awscdk, Component } from 'projen';

const INSTALL_IF_MISSING = '[ -d node_modules/projen ] || npm ci --no-audit --no-fund';

/** Scripts that work in a clone that has nothing yet: they install first. */
export class FreshClone extends Component {
  public constructor(project: awscdk.AwsCdkConstructLibrary, scripts: string[]) {
    super(project);
    for (const script of scripts) {
      project.addScripts({ [`pre${script}`]: INSTALL_IF_MISSING });
    }
  }
}
