import { Construct } from 'constructs';
import { inUsersLanguage } from './language';

/** The errors of this library that do not say yet which construct they are about. */
const pathless = new WeakSet<object>();

/** The objects that are no constructs, and whose errors are about one. */
const constructOf = new WeakMap<object, Construct>();

/** The errors of an object's methods name this construct; its class is decorated as a construct is. */
export function namesInErrors(object: object, construct: Construct): void {
  constructOf.set(object, construct);
}

/** An error of this library, to which the construct that it passes first adds its path. */
export function errorWithoutPath(message: string): Error {
  const error = new Error(inUsersLanguage(message));
  pathless.add(error);
  return error;
}

/** The scope of what a class makes, of the first thing that it is given. */
type ScopeOf = (given: Construct) => Construct;

/**
 * Adds the path of a construct to the errors of its constructor, its methods and its static factories, as in `… got 0 [at Shop/Web]`. With five
 * services in an app, a message that names the prop alone does not say whose it is. The innermost construct names itself; errors of the CDK
 * have its path already.
 */
export const pathInErrors: ClassDecorator = withPath((scope) => scope);

/** The same of factories that are given a service and make a construct beside it. */
export const pathBesideInErrors: ClassDecorator = withPath((service) => (service.node.scope ?? service) as Construct);

function withPath(scopeOf: ScopeOf): ClassDecorator {
  return (target) => {
    nameInMethods(target, scopeOf);
    nameInMethods(target.prototype, scopeOf);
    return new Proxy(target, {
      construct: (made, args, newTarget) => naming(undefined, args, () => Reflect.construct(made, args, newTarget)),
    });
  };
}

function nameInMethods(holder: object, scopeOf: ScopeOf): void {
  for (const [name, { value, ...descriptor }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
    if (typeof value === 'function' && name !== 'constructor') {
      Object.defineProperty(holder, name, {
        ...descriptor,
        value(this: unknown, ...args: unknown[]) {
          return naming(this, args, () => value.apply(this, args), scopeOf);
        },
      });
    }
  }
}

function naming<T>(self: unknown, args: unknown[], action: () => T, scopeOf: ScopeOf = (scope) => scope): T {
  try {
    return action();
  } catch (error) {
    const path = pathOf(self, args, scopeOf);
    if (path !== undefined && error instanceof Error && pathless.delete(error)) {
      const { message, stack } = error; // the stack begins with the message, and is made when it is read first
      error.message = `${message} [at ${path}]`;
      error.stack = stack?.replace(message, () => error.message);
    }
    throw error;
  }
}

/** A construct has its path; one that is not made yet has that of its scope, and its id. */
function pathOf(self: unknown, [given, id]: unknown[], scopeOf: ScopeOf): string | undefined {
  const construct = Construct.isConstruct(self) ? self : constructOf.get(Object(self));
  if (construct) {
    return construct.node.path;
  }
  return Construct.isConstruct(given) && typeof id === 'string' ? [scopeOf(given).node.path, id].filter(Boolean).join('/') : undefined;
}
