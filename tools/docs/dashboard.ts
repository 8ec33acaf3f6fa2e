/** Draws docs/dashboard.svg from the body of the dashboard in the template of the one-line service: what an operator sees, with invented lines. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FlaskFargateService, FlaskImage } from 'cdk-flask-fargate';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title?: string; readonly markdown?: string; readonly metrics?: unknown[][] };
}

const CELL = 42;
const DEFAULT_COLOR = '#1f77b4';

function body(): Widget[] {
  const stack = new Stack(new App(), 'Shop');
  new FlaskFargateService(stack, 'Web', {
    image: FlaskImage.fromSource(path.join(__dirname, '../../examples/sample-app'), { wsgiApp: 'app:create_app()' }),
  });
  const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
  const text = dashboard.Properties.DashboardBody['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : '…')).join('');
  return JSON.parse(text).widgets;
}

/** A line of its own for each metric, the same at every run. */
function line(index: number, seed: number, width: number, height: number): string {
  const points = Array.from({ length: 40 }, (_, i) => {
    const wave = Math.sin(i / 5 + seed) + Math.sin(i / 2.3 + seed * 2) / 2;
    const level = 0.8 - 0.28 * index;
    return `${((i / 39) * width).toFixed(1)},${(height * (level - 0.09 * wave)).toFixed(1)}`;
  });
  return points.join(' ');
}

function draw(widget: Widget): string {
  const { x, y, width, height } = { x: widget.x * CELL, y: widget.y * CELL, width: widget.width * CELL, height: widget.height * CELL };
  const title = widget.properties.title ?? widget.properties.markdown?.replace(/^#+ /, '') ?? '';
  const frame = `<rect x="${x + 3}" y="${y + 3}" width="${width - 6}" height="${height - 6}" rx="4" fill="#fff" stroke="#cbd5e1"/><text x="${x + 14}" y="${y + 25}" font-weight="bold">${title}</text>`;
  const metrics = (widget.properties.metrics ?? []).map((metric) => metric.at(-1) as { readonly label?: string; readonly color?: string });
  const lines = metrics.map(({ label, color = DEFAULT_COLOR }, i) => {
    const plot = `<polyline transform="translate(${x + 14} ${y + 40})" points="${line(i, i + title.length, width - 28, height - 85)}" fill="none" stroke="${color}" stroke-width="1.8"/>`;
    const before = metrics.slice(0, i).reduce((sum, previous) => sum + 30 + 6.5 * (previous.label ?? '').length, 0);
    const legend = `<circle cx="${x + 20 + before}" cy="${y + height - 22}" r="5" fill="${color}"/><text x="${x + 29 + before}" y="${y + height - 18}" font-size="11">${label ?? ''}</text>`;
    return plot + legend;
  });
  const rows =
    widget.type === 'log'
      ? ['@timestamp      @message      @logStream', '…               …             …'].map(
          (row, i) => `<text x="${x + 14}" y="${y + 52 + i * 20}" font-family="monospace" font-size="12" fill="#475569">${row}</text>`,
        )
      : [];
  return [frame, ...lines, ...rows].join('');
}

const widgets = body();
const width = Math.max(...widgets.map((w) => w.x + w.width)) * CELL;
const height = Math.max(...widgets.map((w) => w.y + w.height)) * CELL;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="14"><rect width="100%" height="100%" fill="#f1f5f9"/>\n${widgets.map(draw).join('\n')}\n</svg>\n`;
fs.writeFileSync(path.join(__dirname, '../../docs/dashboard.svg'), svg);
