/** docs/scaling.svg: tasks, load and bad requests over time, the default's and those of ecs-patterns. */
import { byDefault, ecsPatterns } from './services';
import { type Moment, simulate, type WebLoad } from './web-service';

const WIDTH = 860;
const PANEL = 150;
const LEFT = 60;
const TOP = 50;
const GAP = 46;
const OURS = '#1f77b4';
const THEIRS = '#d62728';
const GREY = '#7f7f7f';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly max: number;
  readonly lines: readonly { readonly color: string; readonly values: readonly number[] }[];
}

export function picture(load: WebLoad, seed: number): string {
  const [mine, other] = [byDefault(), ecsPatterns()].map((service) => shown(simulate(service, load, seed).moments, load));
  const values = (moments: readonly Moment[], of: (moment: Moment) => number) => moments.map(of);
  const most = (of: (moment: Moment) => number) => Math.max(...mine.map(of), ...other.map(of));
  const panels: Panel[] = [
    {
      title: 'Requests a second',
      unit: '',
      max: most(({ rate }) => rate),
      lines: [{ color: GREY, values: values(mine, ({ rate }) => rate) }],
    },
    {
      title: 'Tasks, with those that start and drain',
      unit: '',
      max: most(({ tasks }) => tasks),
      lines: [
        { color: THEIRS, values: values(other, ({ tasks }) => tasks) },
        { color: OURS, values: values(mine, ({ tasks }) => tasks) },
      ],
    },
    {
      title: 'Bad requests',
      unit: ' %',
      max: 100,
      lines: [
        { color: THEIRS, values: values(other, ({ badPercent }) => badPercent) },
        { color: OURS, values: values(mine, ({ badPercent }) => badPercent) },
      ],
    },
  ];
  const height = TOP + panels.length * (PANEL + GAP) + 10;
  const minutes = (mine[mine.length - 1].at - mine[0].at) / 60;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">
<title>${load.name}: this library's default and ecs-patterns</title>
<rect width="${WIDTH}" height="${height}" fill="white"/>
<text x="${LEFT}" y="22" font-size="15" font-weight="bold">${load.name}</text>
<text x="${LEFT + 300}" y="22" fill="${OURS}">— the default</text>
<text x="${LEFT + 420}" y="22" fill="${THEIRS}">— ecs-patterns, CPU 50</text>
${panels.map((panel, i) => drawn(panel, TOP + i * (PANEL + GAP), minutes)).join('\n')}
</svg>
`;
}

/** From five minutes before the load changes, for half an hour. */
function shown(moments: readonly Moment[], load: WebLoad): Moment[] {
  return moments.filter(({ at }) => at >= load.disturbedAt - 300 && at <= load.disturbedAt + 1800);
}

function drawn({ title, unit, max, lines }: Panel, top: number, minutes: number): string {
  const width = WIDTH - LEFT - 20;
  const point = (value: number, i: number, count: number) =>
    `${(LEFT + (i / (count - 1)) * width).toFixed(1)},${(top + 18 + PANEL * (1 - value / max)).toFixed(1)}`;
  const bottom = top + 18 + PANEL;
  const ticks = Array.from({ length: Math.floor(minutes / 5) + 1 }, (_, i) => {
    const x = LEFT + ((i * 5) / minutes) * width;
    return `<text x="${x.toFixed(1)}" y="${bottom + 15}" text-anchor="middle" fill="${GREY}">${i * 5 - 5} min</text>`;
  });
  return [
    `<text x="${LEFT}" y="${top + 10}">${title}</text>`,
    `<rect x="${LEFT}" y="${top + 18}" width="${width}" height="${PANEL}" fill="none" stroke="#ccc"/>`,
    `<text x="${LEFT - 6}" y="${top + 28}" text-anchor="end" fill="${GREY}">${Math.round(max)}${unit}</text>`,
    `<text x="${LEFT - 6}" y="${bottom}" text-anchor="end" fill="${GREY}">0</text>`,
    ...ticks,
    ...lines.map(
      ({ color, values }) =>
        `<polyline fill="none" stroke="${color}" stroke-width="2" points="${values.map((value, i) => point(value, i, values.length)).join(' ')}"/>`,
    ),
  ].join('\n');
}
