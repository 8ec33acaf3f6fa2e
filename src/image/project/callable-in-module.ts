import { fail } from '../../private/validation';
import { IS_DASH, IS_FLASK, type ModuleNames, requiredParameters } from './python-source';

/** The names that the flask command looks for, in its order. */
const INSTANCES = ['app', 'application'];
const FACTORIES = ['create_app', 'make_app'];
/** What is no WSGI app though it is named app. */
const OTHERS = /^(?:\w+\.)*(?:App|Celery|FastAPI|Typer|Sanic|Quart|Starlette|ApplicationBuilder)\(/;

/** Whether a module makes an app, by itself or in a factory. */
export function makesApp(text: string, { names }: ModuleNames): boolean {
  return (
    [...names.values()].some(({ text: value }) => IS_FLASK.test(value) || IS_DASH.test(value)) ||
    (FACTORIES.some((factory) => names.get(factory)?.kind === 'function') && /\bFlask\(/.test(text))
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
      !OTHERS.test(definition.text)
    );
  };
  const isDash = (name: string) => IS_DASH.test(names.get(name)?.text ?? '');
  const dash = [...names.keys()].find(isDash);
  if (dash) {
    return isApp('server') ? 'server' : `${dash}.server`;
  }
  const instance = INSTANCES.find(isApp) ?? [...names.keys()].find((name) => IS_FLASK.test(names.get(name)?.text ?? ''));
  const factory = FACTORIES.find((name) => {
    const definition = names.get(name);
    return definition?.kind === 'import' || (definition?.kind === 'function' && requiredParameters(definition.text).length === 0);
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
      `'${name}' of wsgiApp '${wsgiApp}' is the module ${definition.text}, which is no WSGI callable; name what is in it by wsgiApp, as in '${definition.text}:app'`,
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
      `'${name}' of wsgiApp '${wsgiApp}' is None when ${file} is imported, which is no WSGI callable; make the app at the top of the module, or in a factory: '${module}:create_app()'`,
    );
  }
  const required = definition.kind === 'function' ? requiredParameters(definition.text) : [];
  if (rest === '()' && required.length > 0) {
    fail(
      `'${name}' of wsgiApp '${wsgiApp}' takes ${required.join(', ')}, which the call does not give; give plain values: '${module}:${name}("production")', or add a wsgi.py that makes the app`,
    );
  }
  if (definition.kind === 'value' && rest === '' && IS_DASH.test(definition.text)) {
    fail(`'${name}' of wsgiApp '${wsgiApp}' is a Dash app, which is no WSGI callable; give its server: '${module}:${name}.server'`);
  }
}
