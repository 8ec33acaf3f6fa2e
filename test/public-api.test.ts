import * as path from 'node:path';
import * as ts from 'typescript';
import * as api from '../src';
import { WORDS } from '../tools/docs/words';

const SRC = path.join(__dirname, '../src');
const INDEX = path.join(SRC, 'index.ts');

/** The public declarations, as the TypeScript compiler sees them. */
const program = ts.createProgram([INDEX], {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  skipLibCheck: true,
  // what is exported is read from src alone
  noResolve: false,
  types: ['node'],
});
const checker = program.getTypeChecker();
const index = program.getSourceFile(INDEX) as ts.SourceFile;

type Declared = ts.ClassDeclaration | ts.InterfaceDeclaration | ts.EnumDeclaration;

const declarations: Declared[] = checker
  .getExportsOfModule(checker.getSymbolAtLocation(index) as ts.Symbol)
  // an exported name may stand for what another module declares
  .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
  .map((symbol) => symbol.declarations?.[0] as Declared);

const nameOf = (node: { readonly name?: ts.Node }) => node.name?.getText() ?? 'constructor';

/** The comments of a declaration as jsii takes them: a constructor needs none of its own. */
const docs = (node: ts.Node) => ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
const tag = (node: ts.Node, name: string) => ts.getJSDocTags(node).find(({ tagName }) => tagName.text === name);
const isInternal = (node: ts.Node) => tag(node, 'internal') !== undefined;
const isHidden = (node: ts.Node) =>
  (ts.getCombinedModifierFlags(node as ts.Declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;

type Member = ts.ClassElement | ts.TypeElement | ts.EnumMember | ts.ParameterPropertyDeclaration;

/** The base classes that jsii hides: what they declare is a member of the class that users see. */
function hiddenBasesOf(declaration: Declared): ts.ClassDeclaration[] {
  const extended = (declaration.kind === ts.SyntaxKind.ClassDeclaration && (declaration as ts.ClassDeclaration).heritageClauses) || [];
  return extended
    .filter(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    .flatMap(({ types }) => types.flatMap((type) => checker.getTypeAtLocation(type).symbol.declarations ?? []))
    .filter((base): base is ts.ClassDeclaration => ts.isClassDeclaration(base) && isInternal(base))
    .flatMap((base) => [base, ...hiddenBasesOf(base)]);
}

/** The members that users see, those of hidden bases and properties that are declared as parameters of the constructor included. */
function membersOf(declaration: Declared): Member[] {
  const inherited: Member[] = hiddenBasesOf(declaration)
    .flatMap((base) => [...base.members])
    .filter((member) => !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Abstract));
  const own: Member[] = [...declaration.members, ...inherited];
  const parameters = own
    .filter(ts.isConstructorDeclaration)
    .flatMap((declared) =>
      declared.parameters.filter((parameter): parameter is ts.ParameterPropertyDeclaration =>
        ts.isParameterPropertyDeclaration(parameter, declared),
      ),
    );
  return [...own, ...parameters].filter((member) => !isHidden(member) && !isInternal(member));
}

const members = declarations.flatMap((declaration) =>
  membersOf(declaration).map((member) => [`${nameOf(declaration)}.${nameOf(member as { name?: ts.Node })}`, member] as const),
);

/** The parts of the signature of a member: its types, and those of its parameters. */
function signatureTypes(member: Member): ts.Type[] {
  if (ts.isConstructorDeclaration(member) || ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
    const types = member.parameters.map((parameter) => checker.getTypeAtLocation(parameter));
    const signature = checker.getSignatureFromDeclaration(member);
    return signature && !ts.isConstructorDeclaration(member) ? [...types, signature.getReturnType()] : types;
  }
  return [checker.getTypeAtLocation(member)];
}

test('the exported names: taking one away breaks users, adding one is a promise', () => {
  expect(declarations.map(nameOf).sort()).toEqual([
    'AlarmNotificationOptions',
    'AlarmOptions',
    'CacheConnectionOptions',
    'CacheUse',
    'CacheVariableNames',
    'CanaryDeploymentOptions',
    'Capacity',
    'CapacityOptions',
    'CircuitBreakerOptions',
    'CognitoSignInOptions',
    'CpuScalingOptions',
    'CustomScalingOptions',
    'CustomWsgiServerOptions',
    'DatabaseConnectionOptions',
    'DatabaseVariableNames',
    'DatabaseVariables',
    'DiscoveryOptions',
    'EarlySuccessOptions',
    'Egress',
    'ExistingLoadBalancer',
    'FileSystemOptions',
    'FlaskAlarm',
    'FlaskBuildOptions',
    'FlaskCache',
    'FlaskCacheOptions',
    'FlaskDatabase',
    'FlaskDatabaseOptions',
    'FlaskDeployment',
    'FlaskDockerfileOptions',
    'FlaskFargateService',
    'FlaskFargateServiceProps',
    'FlaskHealthCheck',
    'FlaskHealthCheckOptions',
    'FlaskImage',
    'FlaskImageAssetOptions',
    'FlaskImageOptions',
    'FlaskMysqlOptions',
    'FlaskPlatform',
    'FlaskPlatformProps',
    'FlaskPostgresOptions',
    'FlaskReleaseTask',
    'FlaskReleaseTaskOptions',
    'FlaskReleaseTaskProps',
    'FlaskRepository',
    'FlaskRepositoryImageOptions',
    'FlaskRepositoryProps',
    'FlaskScheduledTask',
    'FlaskScheduledTaskOptions',
    'FlaskScheduledTaskProps',
    'FlaskSecretKey',
    'FlaskSecretKeyProps',
    'FlaskServiceAlarms',
    'FlaskServiceMetrics',
    'FlaskServiceOutputs',
    'FlaskSourceOptions',
    'FlaskStage',
    'FlaskStageOptions',
    'FlaskStepFunctionsTaskOptions',
    'FlaskTask',
    'FlaskTaskOptions',
    'FlaskTaskProps',
    'FlaskUploads',
    'FlaskUploadsOptions',
    'FlaskWorker',
    'FlaskWorkerOptions',
    'FlaskWorkerProps',
    'GranianOptions',
    'GunicornOptions',
    'HardeningOptions',
    'IFlaskPlatform',
    'IFlaskService',
    'InFlightScalingOptions',
    'LinearDeploymentOptions',
    'LoadBalancing',
    'LoadBalancingOptions',
    'LoggingOptions',
    'ManagedRulesOptions',
    'MonitoringOptions',
    'OidcSignInOptions',
    'OpenTelemetryOptions',
    'PlatformServiceOptions',
    'QueueDepthScalingOptions',
    'RollingDeploymentOptions',
    'ScalingPolicy',
    'ScalingPolicyOptions',
    'ScheduledScalingOptions',
    'ServiceLevelObjective',
    'SharedListenerOptions',
    'SidecarOptions',
    'SidecarOrder',
    'SignIn',
    'SignInOptions',
    'SpotCapacityOptions',
    'StepScalingOptions',
    'TargetOptions',
    'TaskScaling',
    'TaskScalingOptions',
    'ThreadedWsgiServerOptions',
    'Tls',
    'TlsCertificateOptions',
    'TlsDomainOptions',
    'TlsOptions',
    'TrafficShiftOptions',
    'UtilizationScalingOptions',
    'VpcEndpointsOptions',
    'WebAcl',
    'WebAclOptions',
    'WorkerScaling',
    'WsgiServer',
    'WsgiServerOptions',
  ]);
});

test('the classes and enums are there when the package is required', () => {
  const values = declarations.filter((declaration) => !ts.isInterfaceDeclaration(declaration)).map(nameOf);
  expect(Object.keys(api).sort()).toEqual(values.sort());
});

test('a service has 20 props at most, and only the image is required', () => {
  const props = declarations.find((declaration) => nameOf(declaration) === 'FlaskFargateServiceProps') as ts.InterfaceDeclaration;
  const all = checker.getTypeAtLocation(props).getProperties();
  expect(all.length).toBeLessThanOrEqual(20);
  expect(all.filter((prop) => !(prop.flags & ts.SymbolFlags.Optional)).map(({ name }) => name)).toEqual(['image']);
});

test('no name is a word of another language, but for three of C#: decisions/0014', () => {
  // a member can have what no variable can
  const reserved =
    'break case catch class const continue default do else enum extends finally for if implements import in instanceof interface new return static super switch this throw try var void while with yield';
  const words = new Set([...WORDS, ...reserved.split(' ')]);
  const parameters = members.flatMap(([, member]) => (ts.isFunctionLike(member) ? member.parameters.map(nameOf) : []));
  const named = members.map(([, member]) => nameOf(member as { name?: ts.Node }));
  const found = [...new Set([...named, ...parameters])].filter((name) => words.has(name));
  expect(found.sort()).toEqual(['fixed', 'internal', 'namespace']);
});

test('the factories of each choice, and the methods of each construct', () => {
  const callable = declarations
    .filter(ts.isClassDeclaration)
    .map((declaration) => [nameOf(declaration), membersOf(declaration).filter(ts.isMethodDeclaration).map(nameOf)]);
  expect(Object.fromEntries(callable)).toEqual({
    Capacity: ['onDemand', 'spot'],
    Egress: ['natGateways', 'publicIps', 'vpcEndpoints'],
    FlaskCache: ['valkey'],
    FlaskDatabase: ['postgres', 'mysql'],
    FlaskDeployment: ['rolling', 'blueGreen', 'linear', 'canary'],
    FlaskFargateService: [
      'addTask',
      'addReleaseTask',
      'addWorker',
      'addScheduledTask',
      'addSidecar',
      'addOpenTelemetry',
      'addFileSystem',
      'connectToDatabase',
      'connectToCache',
      'connectTo',
      'addEnvironment',
      'addSecrets',
      'useSecretKey',
      'restartOnSecretChange',
      'restartOnParameterChange',
      'discoverableAs',
      'discoverServices',
    ],
    FlaskHealthCheck: ['path'],
    FlaskImage: ['fromSource', 'fromDockerfile', 'fromRepository', 'fromEmptyRepository', 'fromContainerImage', 'asDockerImageAsset'],
    FlaskPlatform: ['fromName'],
    FlaskReleaseTask: [],
    FlaskRepository: [],
    FlaskScheduledTask: [],
    FlaskSecretKey: [],
    FlaskServiceAlarms: ['sendTo', 'alarm'],
    FlaskServiceMetrics: [
      'requestCount',
      'requestCountPerTarget',
      'responseTime',
      'serverErrors',
      'clientErrors',
      'loadBalancerErrors',
      'badGatewayErrors',
      'serviceUnavailableErrors',
      'gatewayTimeoutErrors',
      'serverErrorPercent',
      'slowResponsePercent',
      'desiredTaskCount',
      'rejectedConnections',
      'activeConnections',
      'errorLines',
      'deploymentCount',
      'healthyTaskCount',
      'unhealthyTaskCount',
      'runningTaskCount',
      'cpuUtilization',
      'memoryUtilization',
    ],
    FlaskStage: ['production', 'development', 'ephemeral'],
    FlaskTask: ['runTaskCommandWith', 'asStepFunctionsTask', 'grantRun'],
    FlaskUploads: ['bucket'],
    FlaskWorker: [],
    LoadBalancing: ['internetFacing', 'internal', 'sharedListener', 'onPlatform', 'none'],
    ScalingPolicy: ['cpu', 'memory', 'inFlight', 'requestsPerTarget', 'custom', 'step', 'schedule'],
    SignIn: ['oidc', 'cognito'],
    TaskScaling: ['fixed', 'between'],
    Tls: ['forDomain', 'withCertificate', 'disabled'],
    WebAcl: ['fromWebAcl', 'fromArn', 'managedRules'],
    WorkerScaling: ['fixed', 'onQueueDepth', 'onCpu'],
    WsgiServer: ['gunicorn', 'granian', 'custom'],
  });
});

describe.each(declarations.map((declaration) => [nameOf(declaration), declaration] as const))('%s', (_, declaration) => {
  test('is documented', () => {
    expect(docs(declaration)).not.toEqual([]);
  });

  test('has documented members', () => {
    const bare = membersOf(declaration).filter((member) => !ts.isConstructorDeclaration(member) && docs(member).length === 0);
    expect(bare.map((member) => nameOf(member as { name?: ts.Node }))).toEqual([]);
  });

  test('says what happens without each optional prop', () => {
    const optional = ts.isInterfaceDeclaration(declaration)
      ? membersOf(declaration).filter((member) => (member as ts.PropertySignature).questionToken)
      : [];
    const silent = optional.filter((member) => !`${tag(member, 'default')?.comment ?? ''}`.trim());
    expect(silent.map((member) => nameOf(member as { name?: ts.Node }))).toEqual([]);
  });
});

test('every parameter of a method is documented', () => {
  const missing = members.flatMap(([name, member]) =>
    ts.isMethodDeclaration(member) || ts.isMethodSignature(member)
      ? member.parameters
          .filter((parameter) => !ts.getJSDocParameterTags(parameter).some(({ comment }) => comment))
          .map((parameter) => `${name}(${nameOf(parameter)})`)
      : [],
  );
  expect(missing).toEqual([]);
});

test('no signature has any, a union, a function or a type parameter: not every language has them', () => {
  const bad = members.filter(([, member]) =>
    signatureTypes(member).some((type) => {
      const plain = checker.getNonNullableType(type);
      const boolean = (plain.flags & ts.TypeFlags.BooleanLike) !== 0;
      const enumeration = (plain.flags & ts.TypeFlags.EnumLike) !== 0;
      return (
        (plain.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0 ||
        (plain.isUnion() && !boolean && !enumeration) ||
        plain.getCallSignatures().length > 0
      );
    }),
  );
  expect(bad.filter(([, member]) => !ts.isConstructorDeclaration(member)).map(([name]) => name)).toEqual([]);
});

test('every property is read-only', () => {
  const writable = members.filter(
    ([, member]) =>
      (ts.isPropertyDeclaration(member) || ts.isPropertySignature(member) || ts.isParameter(member)) &&
      !(ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Readonly),
  );
  expect(writable.map(([name]) => name)).toEqual([]);
});

test('the choices are closed: nobody can make another', () => {
  const choices = [
    'Capacity',
    'Egress',
    'FlaskDeployment',
    'FlaskHealthCheck',
    'FlaskImage',
    'FlaskStage',
    'LoadBalancing',
    'ScalingPolicy',
    'SignIn',
    'TaskScaling',
    'Tls',
    'WebAcl',
    'WsgiServer',
  ];
  const closed = declarations
    .filter(ts.isClassDeclaration)
    .filter((declaration) => declaration.members.some((member) => ts.isConstructorDeclaration(member) && isHidden(member)))
    .map(nameOf);
  expect(closed).toEqual(expect.arrayContaining(choices));
});

test('no runtime dependency but the two peers, and a parser of TOML in the package itself', () => {
  // the module as it is published
  const manifest = require('../package.json') as { dependencies?: object; peerDependencies: object; bundledDependencies?: string[] };
  expect(Object.keys(manifest.dependencies ?? {})).toEqual(['smol-toml']);
  expect(Object.keys(manifest.peerDependencies).sort()).toEqual(['aws-cdk-lib', 'constructs']);
  expect(manifest.bundledDependencies ?? []).toEqual(['smol-toml']);
});
