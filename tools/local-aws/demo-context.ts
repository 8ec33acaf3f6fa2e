import type { Aws } from './aws';
import type { CdkCli } from './cdk';
import type { ChildProcesses } from './child-processes';
import type { Emulator } from './emulator';
import type { Engine } from './engine';
import { DemoFailure } from './failure';
import type { Inventory } from './inventory';
import type { Options } from './options';
import type { LoadBalancerClient } from './requests';
import type { Stack } from './stack';
import type { Workspace } from './workspace';

/** What the steps hand on to each other. */
export class Demo {
  public engine?: Engine;
  public emulator?: Emulator;
  /** What was in the account before the stack. */
  public before?: Inventory;

  private readonly made = new Map<string, unknown>();

  public constructor(
    public readonly options: Options,
    public readonly workspace: Workspace,
    public readonly processes: ChildProcesses,
  ) {}

  public get aws(): Aws {
    return this.take('aws');
  }

  public set aws(aws: Aws) {
    this.made.set('aws', aws);
  }

  public get cdk(): CdkCli {
    return this.take('cdk');
  }

  public set cdk(cdk: CdkCli) {
    this.made.set('cdk', cdk);
  }

  public get stack(): Stack {
    return this.take('stack');
  }

  public set stack(stack: Stack) {
    this.made.set('stack', stack);
  }

  public get loadBalancer(): LoadBalancerClient {
    return this.take('loadBalancer');
  }

  public set loadBalancer(client: LoadBalancerClient) {
    this.made.set('loadBalancer', client);
  }

  private take<T>(name: string): T {
    if (!this.made.has(name)) {
      throw new DemoFailure(`a step needs "${name}" before it is there`);
    }
    return this.made.get(name) as T;
  }
}
