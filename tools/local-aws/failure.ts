/** What went wrong and what to do about it: shown as one line, without a stack trace. */
export class DemoFailure extends Error {
  public constructor(
    what: string,
    public readonly remedy?: string,
    /** Last lines of whatever failed. */
    public readonly output?: string,
    /** All of its lines. */
    public readonly wholeOutput = output,
  ) {
    super(what);
    this.name = 'DemoFailure';
  }
}

/** Errors of the machine that have a remedy of their own. */
export function explain(error: unknown): DemoFailure {
  if (error instanceof DemoFailure) {
    return error;
  }
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || /no space left on device/i.test(String(message))) {
    return new DemoFailure('the disk is full', 'free about 1 GB, or delete tools/local-aws/.cache');
  }
  return new DemoFailure(message ?? String(error), undefined, stack);
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
