import { GraphWidget, type HorizontalAnnotation, type IMetric, LegendPosition } from 'aws-cdk-lib/aws-cloudwatch';

export const GREEN = '#2ca02c';
export const ORANGE = '#ff7f0e';
export const PURPLE = '#9467bd';
export const RED = '#d62728';

/** A row has 24 columns, and three graphs. */
export const WIDE = 24;
const WIDTH = 8;
const HEIGHT = 6;

/** A graph of a third of a row, with the thresholds of alarms as lines. */
export function graph(
  title: string,
  left: IMetric[],
  options: { readonly max?: number; readonly lines?: HorizontalAnnotation[] } = {},
): GraphWidget {
  return new GraphWidget({
    title,
    left,
    leftAnnotations: options.lines?.map((line) => ({ ...line, color: RED })),
    leftYAxis: { min: 0, max: options.max, showUnits: false },
    legendPosition: LegendPosition.BOTTOM,
    width: WIDTH,
    height: HEIGHT,
  });
}
