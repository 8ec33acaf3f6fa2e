import { type Alarm, GraphWidget, type IMetric, LegendPosition } from 'aws-cdk-lib/aws-cloudwatch';
import { textOf } from '../private/text';

export const GREEN = '#2ca02c';
export const ORANGE = '#ff7f0e';
export const PURPLE = '#9467bd';
export const RED = '#d62728';

/** A row has 24 columns: three graphs, or four narrow ones. */
export const WIDE = 24;
export const NARROW = 6;
const WIDTH = 8;
const HEIGHT = 6;

interface GraphOptions {
  readonly max?: number;
  readonly width?: number;
  /** Their thresholds are lines. */
  readonly alarms?: Alarm[];
}

/** A graph, with the thresholds of alarms as lines. */
export function graph(title: string, left: IMetric[], { max, width = WIDTH, alarms = [] }: GraphOptions = {}): GraphWidget {
  return new GraphWidget({
    title,
    left,
    leftAnnotations: alarms.map((alarm) => {
      const { value } = alarm.toAnnotation();
      // what the CDK would write, with the label of the metric and the periods, is longer than the graph is wide
      return { value, label: `${alarm.node.id} above ${textOf(value)}`, color: RED };
    }),
    leftYAxis: { min: 0, max, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
    width,
    height: HEIGHT,
  });
}
