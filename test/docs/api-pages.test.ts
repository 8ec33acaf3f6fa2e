import { split } from '../../tools/docs/api-pages';

const entry = (name: string, text: string) => `### ${name} <a name="${name}" id="cdk-flask-fargate.${name}"></a>\n\n${text}\n\n`;
const section = (kind: string, ...entries: string[]) => `## ${kind} <a name="${kind}" id="${kind}"></a>\n\n${entries.join('')}`;
const link = (name: string) => `<a href="#cdk-flask-fargate.${name}.on">${name}</a>`;

const REFERENCE = [
  '# API Reference <a name="API Reference" id="api-reference"></a>\n\n',
  section(
    'Constructs',
    entry('Service', `- *Implements:* IService\n\nA service\nof two lines.\n\nTakes ${link('Stage')} and ${link('Props')}.`),
  ),
  section('Structs', entry('Props', `Its props.\n\n- *Type:* ${link('Stage')}`)),
  section('Classes', entry('Stage', 'A stage.'), entry('StageOptions', '```ts\nnone\n```')),
].join('');

const PAGES = new Map([
  ['cdk-flask-fargate.Service', 'service'],
  ['cdk-flask-fargate.Props', 'service'],
  ['cdk-flask-fargate.Stage', 'stage'],
  ['cdk-flask-fargate.StageOptions', 'stage'],
]);

test('each type is on the page of its subject, constructs and classes before structs, under a table of contents', () => {
  const service = `${split(REFERENCE, PAGES, 'API', 'README.md').get('service.md')}`;
  expect(service.split('\n').filter((line) => line !== '')).toEqual([
    '# The service',
    '[All pages](README.md)',
    '- <code><a href="#cdk-flask-fargate.Service">Service</a></code>: A service of two lines.',
    '- <code><a href="#cdk-flask-fargate.Props">Props</a></code>: Its props.',
    '## Constructs',
    '### Service <a name="Service" id="cdk-flask-fargate.Service"></a>',
    '- *Implements:* IService',
    'A service',
    'of two lines.',
    'Takes <a href="stage.md#cdk-flask-fargate.Stage.on">Stage</a> and <a href="#cdk-flask-fargate.Props.on">Props</a>.',
    '## Structs',
    '### Props <a name="Props" id="cdk-flask-fargate.Props"></a>',
    'Its props.',
    '- *Type:* <a href="stage.md#cdk-flask-fargate.Stage.on">Stage</a>',
  ]);
});

test('the contents have every type with its summary, and name the page', () => {
  const contents = `${split(REFERENCE, PAGES, 'API', 'README.md').get('README.md')}`;
  expect(contents).toContain(
    [
      '## [Stages](stage.md)',
      '',
      '- <code><a href="stage.md#cdk-flask-fargate.Stage">Stage</a></code>: A stage.',
      '- <code><a href="stage.md#cdk-flask-fargate.StageOptions">StageOptions</a></code>',
      '',
    ].join('\n'),
  );
});

test('a type without a page is an error', () => {
  expect(() => split(REFERENCE, new Map([...PAGES].slice(1)), 'API', 'README.md')).toThrow('no page for cdk-flask-fargate.Service');
});
