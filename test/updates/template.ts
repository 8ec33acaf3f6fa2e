/** A CloudFormation template as far as the referee reads it. */
export interface Template {
  readonly Resources?: { readonly [logicalId: string]: TemplateResource };
  readonly Outputs?: { readonly [name: string]: unknown };
  readonly [section: string]: unknown;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DependsOn?: string | string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly [attribute: string]: unknown;
}

export interface Properties {
  readonly [name: string]: unknown;
}

/** How a reference is resolved: to the physical thing that has the logical id at the moment. */
export type Resolver = (logicalId: string, attribute?: string) => string | undefined;

/** A marker in place of the ARN, name or id of a physical thing: `@WebService#1`, `@WebService#1.Name`. */
const PHYSICAL = /@(\w+#\d+)/g;

/** The properties with each reference replaced by a marker of the physical thing; what is not known at synth stays in a readable form. */
export function resolved(value: unknown, resolve: Resolver): unknown {
  if (Array.isArray(value)) {
    return value.map((inner) => resolved(inner, resolve)).filter((inner) => !isNoValue(inner));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  if (entries.length === 1) {
    const [[name, argument]] = entries;
    const text = intrinsic(name, argument, resolve);
    if (text !== undefined) {
      return text;
    }
  }
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, resolved(inner, resolve)] as const).filter(([, inner]) => inner !== undefined && !isNoValue(inner)),
  );
}

const NO_VALUE = '${AWS::NoValue}';

function isNoValue(value: unknown): boolean {
  return value === NO_VALUE;
}

function intrinsic(name: string, argument: unknown, resolve: Resolver): unknown {
  const reference = (logicalId: string, attribute?: string) =>
    resolve(logicalId, attribute) ?? `\${${logicalId}${attribute === undefined ? '' : `.${attribute}`}}`;
  switch (name) {
    case 'Ref':
      return reference(`${argument}`);
    case 'Fn::GetAtt': {
      const [logicalId, ...attribute] = Array.isArray(argument) ? argument.map(String) : `${argument}`.split('.');
      return reference(logicalId, attribute.join('.'));
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown];
      const known = resolved(parts, resolve);
      return Array.isArray(known) ? known.map(asText).join(separator) : `\${join ${asText(known)}}`;
    }
    case 'Fn::Sub': {
      const [text, variables = {}] = (Array.isArray(argument) ? argument : [argument]) as [string, { [name: string]: unknown }?];
      return text.replace(/\$\{([^!}][^}]*)\}/g, (_, variable: string) => {
        if (variable in variables) {
          return asText(resolved(variables[variable], resolve));
        }
        const [logicalId, ...attribute] = variable.split('.');
        return reference(logicalId, attribute.length > 0 ? attribute.join('.') : undefined);
      });
    }
    default:
      return /^Fn::|^Condition$/.test(name) ? `\${${name} ${asText(resolved(argument, resolve))}}` : undefined;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

const needed = new WeakMap<TemplateResource, ReadonlySet<string>>();

/** The logical ids that a resource refers to or depends on. */
export function needs(resource: TemplateResource): ReadonlySet<string> {
  const known = needed.get(resource);
  if (known) {
    return known;
  }
  const found = new Set([resource.DependsOn ?? []].flat());
  resolved(resource.Properties, (logicalId) => {
    found.add(logicalId);
    return undefined;
  });
  needed.set(resource, found);
  return found;
}

/** The physical things that a resolved value speaks of. */
export function physicalIdsIn(value: unknown): string[] {
  return [...(JSON.stringify(value) ?? '').matchAll(PHYSICAL)].map(([, id]) => id);
}

/** The physical thing that a resolved value is, or the text of it where it is not of this stack. */
export function identityOf(value: unknown): string {
  return physicalIdsIn(value)[0] ?? asText(value);
}

/** Whether a resolved text holds nothing that only AWS knows. */
export function isLiteral(value: unknown): value is string {
  return typeof value === 'string' && !/@\w+#\d+|\$\{/.test(value);
}

export function listOf(value: unknown): Properties[] {
  return Array.isArray(value) ? (value as Properties[]) : [];
}

/** A value deep in resolved properties, by its path. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Properties | undefined)?.[key], value);
}
