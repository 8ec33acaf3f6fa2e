import { fail } from '../../private/validation';
import { IS_DASH, type ModuleNames, requiredParameters } from './python-source';

/** The names that the flask command looks for, in its order. */
const INSTANCES = ['app', 'application'];
const FACTORIES = ['create_app', 'make_app'];
/** What is called like an app and answers no call of WSGI. */
const ASGI = /^(?:\w+\.)*(Quart|FastAPI|Starlette|Sanic|AsyncApp)\(/;
/** What else is no WSGI app though it is named app. */
const OTHERS = /^(?!connexion\.App\()(?:\w+\.)*(?:App|Celery|Typer|ApplicationBuilder)\(/;

/** Flask, and what extends it. */
const FLASKS = ['Flask', 'APIFlask', 'OpenAPI', 'Eve'];

/** Whether a value is a Flask app: of the class, of one under another name, or of one that extends it in the project. */
function isFlask(value: string, names: ModuleNames['names']): boolean {
  const [, name = ''] = value.match(/^((?:\w+\.)*\w+)\(/) ?? [];
  return isFlaskName(name, names);
}

/** Whether a name is that of Flask, or of a class that extends it. */
export function isFlaskName(name: string, names: ModuleNames['names'], seen: string[] = []): boolean {
  if (FLASKS.includes(name.split('.').pop() as string)) {
    return true;
  }
  const definition = seen.includes(name) ? undefined : names.get(name);
  if (definition?.kind === 'class') {
    return definition.text.split(',').some((base) => isFlaskName(base.trim(), names, [...seen, name]));
  }
  return definition?.kind === 'import' && FLASKS.includes(definition.from ?? '');
}

/** A factory that is no function of its own: a lambda, or another one with its arguments given. */
const IS_FACTORY = /^(?:lambda\s*:|(?:functools\.)?partial\()/;

/** Whether a module makes an app, by itself or in a factory. */
export function makesApp(text: string, { names }: ModuleNames): boolean {
  return (
    [...names.values()].some(({ text: value }) => isFlask(value, names) || IS_DASH.test(value)) ||
    (FACTORIES.some((factory) => names.get(factory)?.kind === 'function') &&
      (/\b(?:Flask|APIFlask|OpenAPI)\(/.test(text) || [...names.keys()].some((name) => isFlaskName(name, names))))
  );
}

/** The expression that the flask command would take in a module. */
export function best({ names }: ModuleNames): string | undefined {
  const isApp = (name: string) => {
    const definition = names.get(name);
    if (definition?.kind === 'function') {
      // a WSGI callable of its own: `def application(environ, start_response)`
      return requiredParameters(definition.text).length === 2;
    }
    return (
      definition !== undefined &&
      (definition.kind === 'import' || (definition.kind === 'value' && definition.text !== 'None')) &&
      ![ASGI, OTHERS].some((other) => other.test(definition.text))
    );
  };
  const isDash = (name: string) => IS_DASH.test(names.get(name)?.text ?? '');
  const dash = [...names.keys()].find(isDash);
  if (dash) {
    return isApp('server') ? 'server' : `${dash}.server`;
  }
  const instance = INSTANCES.find(isApp) ?? [...names.keys()].find((name) => isFlask(names.get(name)?.text ?? '', names));
  const factory = FACTORIES.find((name) => {
    const definition = names.get(name);
    return (
      definition?.kind === 'import' ||
      (definition?.kind === 'function' && requiredParameters(definition.text).length === 0) ||
      (definition?.kind === 'value' && IS_FACTORY.test(definition.text))
    );
  });
  return instance ?? (factory && `${factory}()`);
}

/** Checks that the module has what is asked of it: gunicorn would end in the container with exit code 4, or answer 500 to all. */
export function requireCallable({ names, open }: ModuleNames, file: string, module: string, expression: string, wsgiApp: string): void {
  const [, name, rest] = expression.match(/^(\w+)(.*)$/) ?? [];
  const definition = names.get(name);
  if (!definition) {
    if (!open) {
      const has = [...names].filter(([, { kind }]) => kind !== 'class').map(([key]) => key);
      const instead = best({ names, open });
      fail(
        `'${name}' of wsgiApp '${wsgiApp}' is not in ${file}${has.length > 0 && has.length <= 12 ? `, which has ${has.sort().join(', ')}` : ''}; ${instead ? `set wsgiApp to '${module}:${instead}'` : 'correct the name'}`,
      );
    }
    return;
  }
  if (definition.kind === 'module' && rest === '') {
    fail(
      `'${name}' of wsgiApp '${wsgiApp}' is the module ${definition.text}, which is not a WSGI callable; name what is in it by wsgiApp, as in '${definition.text}:app'`,
    );
  }
  // with two parameters it may be a WSGI callable itself: `def app(environ, start_response)`
  if (definition.kind === 'function' && rest === '' && requiredParameters(definition.text).length !== 2) {
    fail(
      `'${name}' of wsgiApp '${wsgiApp}' is a function, and gunicorn would answer each request with 500; call it: '${module}:${name}()'`,
    );
  }
  // what `if __name__ == "__main__":` or a function replaces later
  if (definition.text === 'None' && !open) {
    fail(
      `'${name}' of wsgiApp '${wsgiApp}' is None when ${file} is imported, which is not a WSGI callable; make the app at the top of the module, or in a factory: '${module}:create_app()'`,
    );
  }
  const required = definition.kind === 'function' ? requiredParameters(definition.text) : [];
  if (rest === '()' && required.length > 0) {
    fail(
      `'${name}' of wsgiApp '${wsgiApp}' takes ${required.join(', ')}, which the call does not give; give plain values: '${module}:${name}("production")', or add a wsgi.py that makes the app`,
    );
  }
  const asgi = definition.kind === 'value' && rest === '' ? definition.text.match(ASGI)?.[1] : undefined;
  if (asgi) {
    fail(
      `'${name}' of wsgiApp '${wsgiApp}' is a ${asgi} app, which speaks ASGI, and gunicorn would answer each request with 500; start a server of ASGI in a Dockerfile of your own, by FlaskImage.fromDockerfile() and WsgiServer.custom()`,
    );
  }
  if (definition.kind === 'value' && rest === '' && IS_DASH.test(definition.text)) {
    fail(`'${name}' of wsgiApp '${wsgiApp}' is a Dash app, which is not a WSGI callable; give its server: '${module}:${name}.server'`);
  }
}
