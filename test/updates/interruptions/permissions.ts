import type { Moment, Rule } from '../rule';
import { identityOf, listOf, type Properties, physicalIdsIn } from '../template';
import type { Physical, World } from '../world';

/** The roles that a resource speaks for, and the documents by which it does: a policy of their own, a policy of several, one within the role. */
const POLICIES: {
  readonly [type: string]: { readonly roles: (thing: Physical) => unknown[]; readonly documents: (properties: Properties) => unknown[] };
} = {
  'AWS::IAM::Policy': { roles: rolesOfList, documents: ({ PolicyDocument }) => [PolicyDocument] },
  'AWS::IAM::ManagedPolicy': { roles: rolesOfList, documents: ({ PolicyDocument }) => [PolicyDocument] },
  'AWS::IAM::RolePolicy': { roles: ({ properties }) => [properties.RoleName], documents: ({ PolicyDocument }) => [PolicyDocument] },
  'AWS::IAM::Role': {
    roles: ({ id }) => [`@${id}`],
    documents: ({ Policies }) => listOf(Policies).map(({ PolicyDocument }) => PolicyDocument),
  },
};

function rolesOfList({ properties }: Physical): unknown[] {
  return (properties.Roles ?? []) as unknown[];
}

function rolesOf(thing: Physical): string[] {
  return POLICIES[thing.type].roles(thing).map(identityOf);
}

/** What a role may use by name: the things that the statements of its policies speak of. */
function allowed(world: World, role: string): Set<string> {
  return new Set(
    world
      .all(...Object.keys(POLICIES))
      .filter((thing) => rolesOf(thing).includes(role))
      .flatMap(({ type, properties }) => POLICIES[type].documents(properties))
      .flatMap((document) => listOf((document as Properties | undefined)?.Statement))
      .filter(({ Effect }) => Effect !== 'Deny')
      .flatMap(({ Resource }) => physicalIdsIn(Resource)),
  );
}

/** What works with a role of its own: schedules and rules, by their targets; state machines and functions. */
function usersOf(world: World, role: string): Physical[] {
  return world
    .all('AWS::Scheduler::Schedule', 'AWS::Events::Rule', 'AWS::StepFunctions::StateMachine', 'AWS::ECS::Service')
    .filter(({ properties }) => {
      const text = JSON.stringify([properties.Target, properties.Targets, properties.RoleArn]);
      return physicalIdsIn(text).includes(role);
    });
}

function faultsOf({ step: { phase, old, type }, before, after, template }: Moment): string[] {
  if (!POLICIES[type] || !old || (phase !== 'update' && phase !== 'clean-up')) {
    return [];
  }
  return rolesOf(old).flatMap((role) => {
    const now = allowed(after, role);
    const taken = [...allowed(before, role)].filter((id) => !now.has(id));
    // what goes in the same clean-up needs nothing any more
    const staying = usersOf(after, role).filter(({ logicalId }) => template.Resources?.[logicalId] !== undefined);
    return staying.flatMap((user) =>
      physicalIdsIn(user.properties)
        .filter((id) => id !== role && taken.includes(id))
        .map((id) => `${role} may no longer use ${id}, which ${user.id} still does`),
    );
  });
}

export const PERMISSION_LOST: Rule = {
  name: 'a permission goes before what needs it',
  kind: 'interrupted',
  says: 'AccessDeniedException: User: ROLE is not authorized to perform: ACTION on resource: ARN',
  sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html'],
  faults: faultsOf,
};
