import { Prose } from '../../tools/docs/prose';

const prose = new Prose(
  new Set([
    'addReleaseTask',
    'fromSource',
    'requestTimeout',
    'taskProtection',
    'isDigest',
    'gunicorn',
    'internetFacing',
    'onQueueDepth',
    'jobTime',
    'memoryLimitMiB',
    'sharedListener',
  ]),
);

describe('names in sentences', () => {
  test.each([
    ['`web.addReleaseTask()`', '`web.add_release_task()`', '`web.AddReleaseTask()`', '`web.AddReleaseTask()`'],
    [
      "`FlaskImage.fromSource('myApp')`",
      "`FlaskImage.from_source('myApp')`",
      "`FlaskImage.FromSource('myApp')`",
      "`FlaskImage_FromSource('myApp')`",
    ],
    ['`memoryLimitMiB`', '`memory_limit_mib`', '`MemoryLimitMiB`', '`MemoryLimitMiB`'],
  ])('%s', (text, python, csharp, go) => {
    expect(prose.translate('python', text)).toBe(python);
    expect(prose.translate('csharp', text)).toBe(csharp);
    expect(prose.translate('go', text)).toBe(go);
    expect(prose.translate('java', text)).toBe(text);
  });

  test.each([
    ['`taskProtection: true`', '`task_protection=True`'],
    ['`WsgiServer.gunicorn({ requestTimeout })`', '`WsgiServer.gunicorn(request_timeout=…)`'],
    ['`onQueueDepth(queue, { jobTime: x, max: 8 })`', '`on_queue_depth(queue, job_time=x, max=8)`'],
    ['`sharedListener(listener, { hosts: [a, b], priority: 10 })`', '`shared_listener(listener, hosts=[a, b], priority=10)`'],
  ])('keywords of Python: %s', (text, python) => {
    expect(prose.translate('python', text)).toBe(python);
  });

  test.each([
    '`stoppedReason` is of a template',
    '`aws ecs update-service --cluster myCluster`',
    '`docs/myFolder/addReleaseTask.md`',
    'addReleaseTask without backticks',
    '```ts\nweb.addReleaseTask();\n```',
    '`UPLOADS_BUCKET`',
  ])('%s stays', (text) => {
    for (const language of ['python', 'csharp', 'go']) {
      expect(prose.translate(language, text)).toBe(text);
    }
  });
});
