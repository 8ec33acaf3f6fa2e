/** What a Dockerfile starts, as far as its text tells. */
export interface DockerfileCommand {
  readonly words: string[];
  /** Whether a shell is process 1, which hands no SIGTERM on. */
  readonly isShell: boolean;
}

/** The command of the last stage of a Dockerfile, or of the stage that is named. */
export function commandOf(text: string, target?: string): DockerfileCommand | undefined {
  let stage: string | undefined;
  let entrypoint: DockerfileCommand | undefined;
  let command: DockerfileCommand | undefined;
  for (const { keyword, rest } of instructionsOf(text)) {
    if (keyword === 'FROM') {
      if (target !== undefined && stage === target.toLowerCase()) {
        break;
      }
      stage = rest.match(/\sAS\s+(\S+)/i)?.[1].toLowerCase();
      entrypoint = undefined;
      command = undefined;
    } else if (keyword === 'CMD') {
      command = parsed(rest);
    } else if (keyword === 'ENTRYPOINT') {
      entrypoint = parsed(rest);
      command = undefined;
    }
  }
  if (entrypoint === undefined || entrypoint.isShell) {
    return entrypoint ?? command;
  }
  return { words: [...entrypoint.words, ...(command?.words ?? [])], isShell: false };
}

function instructionsOf(text: string): { readonly keyword: string; readonly rest: string }[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\[ \t]*\n/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const match = line.match(/^\s*([A-Za-z]+)\s+(.*)$/);
      return match ? [{ keyword: match[1].toUpperCase(), rest: match[2].trim() }] : [];
    });
}

function parsed(rest: string): DockerfileCommand {
  try {
    const words = JSON.parse(rest) as unknown;
    if (Array.isArray(words)) {
      return { words: words.map(String), isShell: /^(?:\/bin\/)?(?:ba|da)?sh$/.test(`${words[0]}`) && !/^\s*exec\s/.test(`${words[2]}`) };
    }
  } catch {
    // the shell form is no JSON
  }
  return { words: rest.split(/\s+/), isShell: !/^exec\s/.test(rest) };
}

/** The options of gunicorn and granian that the service sets by the environment, and that an argument would win over. */
const OWNED =
  /^(?:-b|--bind|-w|--workers|--threads|-k|--worker-class|--keep-alive|--graceful-timeout|-D|--daemon|--host|--port|--interface|--blocking-threads)(?:=|$)/;

/** Advice on a command, or undefined where there is none to give. */
export function adviceOnCommand(command: DockerfileCommand): string | undefined {
  // `sh -c "gunicorn …"` is one word of three
  const words = command.words.flatMap((word) => word.split(/\s+/));
  const line = words.join(' ');
  if (
    /(?:^|\s)(?:flask(?:\s+\S+)*\s+run|python3?\s+\S+\.py|python3?\s+-m\s+flask\s+run)(?:\s|$)/.test(line) &&
    !/gunicorn|granian|waitress|uwsgi/.test(line)
  ) {
    return `the Dockerfile starts '${line}', Flask's development server, which takes neither port nor timers from the environment; write CMD ["gunicorn", "app:app"], or give WsgiServer.custom()`;
  }
  const isServer = words.some((word) => /(?:^|\/)(?:gunicorn|granian)$/.test(word));
  const owned = words.filter((word) => OWNED.test(word) || /^-[wb]\S+/.test(word)).map((word) => word.split('=')[0]);
  if (isServer && owned.length > 0) {
    return `the command of the Dockerfile gives ${[...new Set(owned)].join(', ')}, and arguments win over what the service tells the server by the environment (port, workers, timers); leave them out: port and server of the service set them`;
  }
  if (command.isShell && isServer) {
    return `the Dockerfile starts '${line}' by a shell, which hands no SIGTERM on, so requests are cut at each deployment; write the exec form, ["gunicorn", "app:app"], or put exec before the command`;
  }
  return undefined;
}
