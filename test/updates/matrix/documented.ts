import type { Finding } from '../rule';

/** An update that AWS refuses or that interrupts, and that cannot be made otherwise: docs/updates.md and the docstring of the prop say what to do. */
export interface Documented {
  /** The key of the note in docs/updates.md. */
  readonly note: string;
  /** The choices by which it comes. */
  readonly options: RegExp;
  /** The rules that find it. */
  readonly rules: RegExp;
  /** What happens. */
  readonly happens: string;
  /** The steps by which it goes. */
  readonly steps: readonly string[];
}

const DATABASE_NAME = /^FlaskDatabase(Options\.databaseName$|\.)/;
const SNAPSHOT = /^FlaskDatabaseOptions\.snapshotIdentifier$/;
const DATABASES = /^FlaskDatabase\./;
const BALANCERS =
  /^LoadBalancing\.|^FlaskFargateServiceProps\.(vpc|cluster)$|^PlatformServiceOptions\.internal$|^FlaskPlatformProps\.(name|publicLoadBalancer|internalLoadBalancer|existingLoadBalancer)$/;

export const DOCUMENTED: readonly Documented[] = [
  {
    note: 'vpc',
    options: /^(FlaskFargateService|FlaskPlatform)Props\.(vpc|cluster)$/,
    rules: /./,
    happens: 'A load balancer, a subnet and a security group cannot move to another VPC: AWS refuses the update, or everything is new.',
    steps: [
      'Add a second service with another id in the new VPC, without the DNS name and the name of `discoverableAs()`, and deploy.',
      'Move the names: take `tls` with `Tls.forDomain()` from the old service and give it to the new one, each in a deployment of its own. Records of Route 53 exist once, so clients get no answer between the two; with a record of your own that you change by hand, nothing is lost.',
      'Remove the old service, and deploy.',
    ],
  },
  {
    note: 'address',
    options: BALANCERS,
    rules: /^another address$|^requests to no task$|^a permission goes before what needs it$/,
    happens:
      'The new load balancer has another name, and a service that others find in a `namespace` of your own needs other steps: [namespace](#namespace). With `Tls.forDomain()` the record moves to it; clients that have looked the name up before reach the old one, which is deleted, for up to a minute. On a platform the tasks run in another cluster: a schedule that is due in the seconds between its role and itself is refused, and the run lies in its dead-letter queue.',
    steps: [
      'Clients that use the name of the load balancer itself need the new one: it is the output of the stack.',
      'Deploy at an hour at which no schedule is due, or run the task again by its `runTaskCommand`.',
    ],
  },
  {
    note: 'namespace',
    options: /^LoadBalancing\.|^DiscoveryOptions\.|^FlaskFargateService\.discoverableAs$|^PlatformServiceOptions\.internal$/,
    rules: /^unique: ECS Service$/,
    happens:
      'A service that moves to another cluster, to a platform or from one, is replaced, and the new one starts while the old one still has its name. In the namespace of the cluster, which is the default, that is another name; in a `namespace` of your own it is the same one, and ECS refuses it.',
    steps: [
      'Call `discoverServices()` in place of `discoverableAs()`, and deploy: others do not reach the service by its name until the last step.',
      'Move the service, and deploy.',
      'Call `discoverableAs()` again, and deploy.',
    ],
  },
  {
    note: 'hosts',
    options: /^PlatformServiceOptions\.(hosts|paths)$|^LoadBalancing\.onPlatform$/,
    rules: /^requests that no rule takes$/,
    happens:
      'A listener rule compares five values, so more hosts or paths are split over several rules, in alphabetical order. One that comes or goes moves those behind it to the rule beside, one rule after the other: for a second or two a host that moves gets 404.',
    steps: ['Keep to five, or take one wildcard in place of several hosts: `*.shop.example.com`.'],
  },
  {
    note: 'protection',
    options: BALANCERS,
    rules: /^deletion protection$|^a (security group|subnet|VPC|firewall) in use$/,
    happens:
      'A load balancer with deletion protection cannot be deleted: it stays, with its security group and its firewall, and with the VPC where that goes too, and costs money. The update passes.',
    steps: [
      'Set `deletionProtection: false`, and deploy.',
      'Make the change, and deploy. Without the first step, switch the protection off in the console and delete the load balancer, its security group, its firewall and its VPC there.',
    ],
  },
  {
    note: 'snapshot',
    options: SNAPSHOT,
    rules: /^something with data is replaced$|^deletion protection$/,
    happens:
      'Another snapshot, or none, under the same id replaces the database by one with the data of that snapshot, or by an empty one. In production the old one stays, for it is protected.',
    steps: [
      'Restore under another id, in place of the line with the old one.',
      'Leave `snapshotIdentifier` as it is for as long as the database is used.',
    ],
  },
  {
    note: 'protected-database',
    options: DATABASES,
    rules: /^deletion protection$|^a security group in use$/,
    happens:
      'A database with deletion protection cannot be deleted: it stays, with its security group, and costs money. The update passes.',
    steps: [
      'Set `deletionProtection = false` on the instance that comes back, and deploy.',
      'Remove the database, and deploy: a last snapshot is made.',
    ],
  },
  {
    note: 'database',
    options: DATABASE_NAME,
    rules: /^something with data is replaced$|^deletion protection$/,
    happens:
      'Amazon RDS gives a server its first database when it makes it: another name, or another engine under the same id, replaces the server by an empty one. In production the old one stays, for it is protected.',
    steps: [
      'Leave the name of a server that has data as it is.',
      'For another database within the server: `CREATE DATABASE`, and `connection: { databaseName }`, which changes the variables alone.',
    ],
  },
  {
    note: 'database-restart',
    options: /^FlaskDatabase(Options\.instanceType$|\.)|^Flask(Postgres|Mysql)Options\.version$|^FlaskStage/,
    rules: /^a database restarts$/,
    happens:
      'Amazon RDS takes a database away to give it another instance class, to turn backups on or off (the ephemeral stage has none), and for another major version. With a standby that is about a minute, alone some minutes; a major version takes both away for ten minutes and more. Requests that need the database fail meanwhile.',
    steps: ['Deploy at a quiet hour.'],
  },
  {
    note: 'major-version',
    options: /^Flask(Postgres|Mysql)Options\.version$|^FlaskDatabase\./,
    rules: /^a major version of a database$/,
    happens: 'Amazon RDS refuses another major version until it is allowed, for there is no way back but a snapshot.',
    steps: [
      'Try it on a copy that is restored from a snapshot.',
      'Set `version`, and `allowMajorVersionUpgrade` to true on the `CfnDBInstance` that is `node.defaultChild` of what comes back. Deploy that alone: an update that fails later does not take the version back.',
      'Take `allowMajorVersionUpgrade` away, and deploy. [Data](data.md) has a way with less interruption.',
    ],
  },
  {
    note: 'lower-version',
    options: /^Flask(Postgres|Mysql|Cache)Options\.version$|^Flask(Database|Cache)\./,
    rules: /^a lower version of an engine$/,
    happens: 'Neither a database nor a cache goes back to a lower version: AWS refuses the update.',
    steps: [
      'Go back to the version that it has, in the code too.',
      'For the data of before: restore the snapshot of the upgrade as a database of its own, with `DatabaseInstanceFromSnapshot`, and give it to `connectToDatabase()`. A cache can be removed and made again.',
    ],
  },
  {
    note: 'second-node',
    options: /^FlaskStage|^FlaskCache\./,
    rules: /^a failover without a second node$/,
    happens:
      'CloudFormation turns the failover of a cache on before it adds the second node, and ElastiCache refuses that. An update that takes the node away can therefore not be rolled back either.',
    steps: [
      'In the stage of before, set `numCacheClusters` of `replicationGroup` to 2 on the cache that comes back, and deploy.',
      'Take that line away, change the stage, and deploy.',
    ],
  },
  {
    note: 'weights',
    options:
      /^FlaskDeployment\.|^TrafficShiftOptions\.|^(Linear|Canary)DeploymentOptions\.|^(SharedListener|PlatformService)Options\.|^LoadBalancing\./,
    rules: /^weights of a shifting deployment$/,
    happens:
      'ECS moves the tasks between two target groups, and CloudFormation does not know which one has them. An update that writes the listener rule sends the requests to the first one: 503 for all of them, if the tasks are in the second.',
    steps: [
      'Look where the tasks are: `aws elbv2 describe-target-health` for both target groups.',
      'If they are in the second one, start a deployment (`aws ecs update-service --force-new-deployment`), which moves them to the first, and wait for its end.',
      'Make the change, and deploy.',
    ],
  },
  {
    note: 'endpoints',
    options: /^VpcEndpointsOptions\.createEndpoints$/,
    rules: /^the tasks have no way out$/,
    happens: 'The endpoints go, and tasks that start afterwards can neither pull their image nor write their log.',
    steps: ['Only where the VPC has the endpoints already: two with private DNS for one service cannot exist side by side.'],
  },
  {
    note: 'empty',
    options: /^FlaskImage\.fromEmptyRepository$/,
    rules: /./,
    happens: '`fromEmptyRepository()` says that there is no image to run: the service goes down to no task.',
    steps: ['It is for the first deployment alone. Go back to `fromRepository()` with a tag, and deploy.'],
  },
];

/** The note on a finding that an edit of a choice has. */
export function noteOn(option: string, { rule }: Finding): Documented | undefined {
  return DOCUMENTED.find(({ options, rules }) => options.test(option) && rules.test(rule));
}

/** What fails today and is about to be mended; empty at a release. */
interface Known {
  readonly options: RegExp;
  readonly rules: RegExp;
}

export const KNOWN: readonly Known[] = [];

export function isKnown(option: string, { rule }: Finding): boolean {
  return KNOWN.some(({ options, rules }) => options.test(option) && rules.test(rule));
}
