/** Draws docs/dashboard.svg from the body of the dashboard in a template: what an operator sees of a service in production, with invented lines. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FlaskFargateService, FlaskImage, WorkerScaling } from 'cdk-flask-fargate';

interface Options {
  readonly label?: string;
  readonly color?: string;
  readonly visible?: boolean;
}

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: unknown[][];
    readonly annotations?: { readonly horizontal?: readonly { readonly label?: string }[] };
    readonly alarms?: readonly string[];
    readonly query?: string;
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CELL = 42;
const DEFAULT_COLOR = '#1f77b4';
const RED = '#d62728';
/** Of a letter of the legend. */
const LETTER = 6.2;
const LINE = 16;

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const text = (x: number, y: number, words: string, more = '') => `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;

function body(): Widget[] {
  const stack = new Stack(new App(), 'Shop');
  const web = new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromSource(path.join(__dirname, '../../examples/sample-app'), { wsgiApp: 'app:create_app()' }),
  });
  const jobs = new Queue(stack, 'Jobs', { deadLetterQueue: { queue: new Queue(stack, 'Failed'), maxReceiveCount: 3 } });
  web.addWorker('Mails', {
    command: ['celery', '-A', 'app.celery', 'worker'],
    scaling: WorkerScaling.onQueueDepth(jobs, { messagesPerTask: 10, max: 4 }),
  });
  web.addScheduledTask('Nightly', { command: ['flask', 'report'], schedule: ScheduleExpression.rate(Duration.days(1)) });
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const parts: unknown[] = dashboard.Properties.DashboardBody['Fn::Join'][1];
  // an alarm is known by the id in the template, which ends with the kind and a hash
  const named = (part: unknown) => `${Object.values((part as { 'Fn::GetAtt'?: string[] })['Fn::GetAtt'] ?? ['…'])[0]}`;
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : named(part))).join('')).widgets;
}

/** A line of its own for each metric, the same at every run: below the threshold, where there is one. */
function line(index: number, count: number, seed: number, { width, height }: Box, highest: number): string {
  const room = (1 - highest) / count;
  const points = Array.from({ length: 40 }, (_, i) => {
    const wave = Math.sin(i / 5 + seed) + Math.sin(i / 2.3 + seed * 2) / 2;
    const level = highest + room * (count - index - 0.5) - (room / 4) * wave;
    return `${((i / 39) * width).toFixed(1)},${(height * level).toFixed(1)}`;
  });
  return points.join(' ');
}

function graph({ title = '', metrics = [], annotations }: Widget['properties'], box: Box): string {
  const shown = metrics.map((metric) => (metric.at(-1) ?? {}) as Options).filter(({ visible = true }) => visible);
  const plot = { x: box.x + 14, y: box.y + 36, width: box.width - 28, height: box.height - 90 };
  const [threshold] = annotations?.horizontal ?? [];
  const thresholdY = plot.y + 24;
  const thresholds = threshold
    ? `<path d="M${plot.x} ${thresholdY}h${plot.width}" stroke="${RED}" stroke-dasharray="6 4"/>${text(plot.x, thresholdY - 5, threshold.label ?? '', `font-size="10" fill="${RED}"`)}`
    : '';
  let [x, y] = [plot.x, plot.y + plot.height + 22];
  const lines = shown.map(({ label = '', color = DEFAULT_COLOR }, i) => {
    const length = 26 + LETTER * label.length;
    if (x > plot.x && x + length > box.x + box.width) {
      [x, y] = [plot.x, y + LINE];
    }
    const points = line(i, shown.length, i + title.length, plot, threshold ? 0.2 : 0);
    const drawn = `<polyline transform="translate(${plot.x} ${plot.y})" points="${points}" fill="none" stroke="${color}" stroke-width="1.8"/><circle cx="${x + 5}" cy="${y - 4}" r="4" fill="${color}"/>${text(x + 13, y, label, 'font-size="11"')}`;
    x += length;
    return drawn;
  });
  return [
    `<path d="M${plot.x} ${plot.y}v${plot.height}h${plot.width}" fill="none" stroke="#94a3b8" stroke-width="0.6"/>`,
    thresholds,
    ...lines,
  ].join('');
}

/** The state of each, by the kind that its id ends with. */
function alarmStates(ids: readonly string[], box: Box): string {
  const columns = 5;
  const width = (box.width - 28) / columns;
  return ids
    .map((id, i) => {
      const [x, y] = [box.x + 14 + (i % columns) * width, box.y + 36 + Math.floor(i / columns) * 27];
      const name = id.replace(/^Web(Alarms)?/, '').replace(/[0-9A-F]{8}$/, '');
      return `<rect x="${x}" y="${y}" width="${width - 6}" height="22" rx="3" fill="#dcfce7" stroke="#86efac"/>${text(x + 8, y + 15, `OK  ${name}`, 'font-size="11" xml:space="preserve"')}`;
    })
    .join('');
}

/** The names of what the query shows, as columns. */
function columnsOf(query: string): string[] {
  const stats = query.match(/stats (.*?) by (.*)/);
  const names = stats ? `${stats[1]}, ${stats[2]}` : (query.match(/fields (.*)/)?.[1] ?? '');
  return names.split(', ').map((name) => name.split(' as ').at(-1) ?? name);
}

function rows({ query = '' }: Widget['properties'], box: Box): string {
  const names = columnsOf(query);
  const width = (box.width - 28) / names.length;
  const row = (y: number, words: string[]) =>
    words.map((word, i) => text(box.x + 14 + i * width, y, word, 'font-family="monospace" font-size="11" fill="#475569"')).join('');
  const head = names.map((name) => name.split('.').at(-1) ?? name);
  return [
    row(box.y + 50, head),
    ...[1, 2, 3].map((i) =>
      row(
        box.y + 50 + i * 20,
        head.map(() => '…'),
      ),
    ),
  ].join('');
}

/** The first line is a heading; of a link its words. */
function words(markdown: string, box: Box): string {
  const [heading, ...others] = markdown.split('\n');
  return (
    text(box.x + 14, box.y + 30, heading.replace(/^#+ /, ''), 'font-size="18" font-weight="bold"') +
    others.map((other, i) => text(box.x + 14, box.y + 56 + i * 20, other.replace(/\[(.*?)\]\(.*?\)/g, '$1'), 'fill="#2563eb"')).join('')
  );
}

function draw({ type, x, y, width, height, properties }: Widget): string {
  const box = { x: x * CELL, y: y * CELL, width: width * CELL, height: height * CELL };
  const { title = '', markdown, alarms, metrics } = properties;
  return [
    `<rect x="${box.x + 3}" y="${box.y + 3}" width="${box.width - 6}" height="${box.height - 6}" rx="4" fill="#fff" stroke="#cbd5e1"/>`,
    markdown === undefined ? text(box.x + 14, box.y + 25, title, 'font-weight="bold"') : words(markdown, box),
    alarms ? alarmStates(alarms, box) : '',
    metrics ? graph(properties, box) : '',
    type === 'log' ? rows(properties, box) : '',
  ].join('');
}

const widgets = body();
const width = Math.max(...widgets.map((w) => w.x + w.width)) * CELL;
const height = Math.max(...widgets.map((w) => w.y + w.height)) * CELL;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="14"><rect width="100%" height="100%" fill="#f1f5f9"/>\n${widgets.map(draw).join('\n')}\n</svg>\n`;
fs.writeFileSync(path.join(__dirname, '../../docs/dashboard.svg'), svg);
