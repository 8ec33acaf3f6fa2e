import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Duration } from 'aws-cdk-lib/core';
import { fail } from '../private/validation';

/**
 * What the requests of a service are counted by.
 *
 * @internal
 */
export interface RequestSources {
  readonly targetGroups: ApplicationTargetGroup[];
  /** Absent if the load balancer is not the service's own, because it also counts the errors of others. */
  readonly loadBalancer?: ApplicationLoadBalancer;
}

interface ShareProps {
  readonly period: Duration;
  readonly label?: string;
  readonly color?: string;
}

interface ErrorShareProps extends ShareProps {
  /** With fewer errors, a share means nothing. */
  readonly minErrors: number;
  /** So many are enough where they are a quarter of the requests or more: a service that is hardly used has no more. */
  readonly minErrorsOfFew?: number;
}

interface SlowShareProps extends ShareProps {
  readonly latency: Duration;
  /** With fewer slow responses, a share means nothing. Without, the requests are not counted, which costs a metric. */
  readonly minSlow?: number;
}

type Variables = { [name: string]: IMetric };

/**
 * The percent of all requests that ended with status 500 and above.
 *
 * @internal
 */
export function errorPercent(sources: RequestSources, { minErrors, minErrorsOfFew, ...props }: ErrorShareProps): MathExpression {
  const { usingMetrics, errors, requests } = counts(sources, props.period);
  const many = `errors >= ${minErrors}`;
  const enough = minErrorsOfFew === undefined ? many : `(${many}) OR ((errors >= ${minErrorsOfFew}) AND (4 * errors >= requests))`;
  return new MathExpression({
    ...props,
    expression: `IF(${enough}, 100 * errors / ${atLeast('requests', 'errors')}, 0)`,
    usingMetrics: {
      errors: new MathExpression({ expression: errors, usingMetrics, period: props.period }),
      requests: new MathExpression({ expression: requests, usingMetrics, period: props.period }),
    },
  });
}

/**
 * The same, of the version that has the larger share: a canary has few of the requests, and what it fails is little of all.
 *
 * @internal
 */
export function errorPercentOfTheWorst(sources: RequestSources, { minErrors, ...props }: ErrorShareProps): MathExpression {
  if (sources.targetGroups.length === 1) {
    return errorPercent(sources, { minErrors, ...props });
  }
  const { usingMetrics, errors, requests } = counts(sources, props.period);
  const { period } = props;
  const part = (expression: string, others: Variables = {}) =>
    new MathExpression({ expression, usingMetrics: { ...usingMetrics, ...others }, period });
  const allRequests = part(requests);
  const allErrors = part(errors);
  const parts: Variables = {
    ofAll: part(`IF(errors >= ${minErrors}, 100 * errors / ${atLeast('requests', 'errors')}, 0)`, {
      errors: allErrors,
      requests: allRequests,
    }),
  };
  sources.targetGroups.forEach((_, i) => {
    // which of the two the load balancer could not reach is not known: each bears half. One with less than a fiftieth of the requests is not
    // judged, for the errors of the other would be many of its few
    const errorsOfOne = part(sources.loadBalancer ? `FILL(target${i}, 0) + FILL(balancer, 0) / 2` : `FILL(target${i}, 0)`);
    // no expression of its own: an alarm takes ten
    const requestsOfOne = `FILL(requests${i}, 0)`;
    parts[`of${i}`] = part(
      `IF((errors${i} >= ${minErrors}) AND (${requestsOfOne} * 50 >= requests), 100 * errors${i} / ${atLeast(requestsOfOne, `errors${i}`)}, 0)`,
      { [`errors${i}`]: errorsOfOne, requests: allRequests },
    );
  });
  return new MathExpression({ ...props, expression: `MAX([${Object.keys(parts).join(', ')}])`, usingMetrics: parts });
}

/**
 * The percent of answers that took longer than a time, of the version that has the larger share.
 *
 * @internal
 */
export function slowPercent({ targetGroups }: RequestSources, { latency, minSlow, ...props }: SlowShareProps): MathExpression {
  const { period } = props;
  // percentile rank: the percent of values in a range, the lower bound excluded
  const statistic = `PR(${secondsOf(latency)}:)`;
  const usingMetrics: Variables = {};
  const expressions = targetGroups.map((group, i) => {
    usingMetrics[`slow${i}`] = group.metrics.targetResponseTime({ period, statistic });
    if (minSlow === undefined) {
      return `FILL(slow${i}, 0)`;
    }
    usingMetrics[`requests${i}`] = group.metrics.requestCount({ period });
    return `IF(FILL(slow${i}, 0) * FILL(requests${i}, 0) >= ${100 * minSlow}, FILL(slow${i}, 0), 0)`;
  });
  if (expressions.length === 1) {
    return new MathExpression({ ...props, expression: expressions[0], usingMetrics });
  }
  const parts = Object.fromEntries(
    expressions.map((expression, i) => [`slower${i}`, new MathExpression({ expression, usingMetrics, period })]),
  );
  return new MathExpression({ ...props, expression: `MAX([${Object.keys(parts).join(', ')}])`, usingMetrics: parts });
}

/**
 * All requests. A load balancer that has had none sends nothing.
 *
 * @internal
 */
export function requestCount({ targetGroups }: RequestSources, props: ShareProps): MathExpression {
  const { period } = props;
  const usingMetrics = Object.fromEntries(targetGroups.map((group, i) => [`requests${i}`, group.metrics.requestCount({ period })]));
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ ...props, expression, usingMetrics });
}

/** A time that answers may take, as the percentile rank takes it. */
export function requireLatency(name: string, latency: Duration | undefined): void {
  if (latency === undefined) {
    return;
  }
  if (latency.isUnresolved()) {
    fail(
      `${name} must be known at synth, because it is part of the name of a statistic, got a token; give Duration.seconds(2), for example`,
    );
  }
  const milliseconds = latency.toMilliseconds();
  if (milliseconds < 10 || milliseconds > 4_000_000) {
    fail(
      `${name} must be from 10 milliseconds to 4000 seconds, got ${milliseconds} milliseconds; the load balancer waits 4000 seconds at most`,
    );
  }
}

/** `0.5` for half a second. */
export function secondsOf(duration: Duration): number {
  return duration.toMilliseconds() / 1000;
}

function counts(
  { targetGroups, loadBalancer }: RequestSources,
  period: Duration,
): { usingMetrics: Variables; errors: string; requests: string } {
  const usingMetrics: Variables = {};
  targetGroups.forEach((group, i) => {
    usingMetrics[`requests${i}`] = group.metrics.requestCount({ period });
    usingMetrics[`target${i}`] = loadBalancer
      ? group.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period })
      : withoutAnswer(group, i, period);
  });
  if (loadBalancer) {
    usingMetrics.balancer = loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { period });
  }
  const filled = (pattern: RegExp) =>
    Object.keys(usingMetrics)
      .filter((name) => pattern.test(name))
      .map((name) => `FILL(${name}, 0)`)
      .join(' + ');
  return { usingMetrics, errors: filled(/^(target|balancer)/), requests: filled(/^requests/) };
}

/**
 * The requests to a target group that no task answered with a status below 500. Nobody counts for one service what a load balancer that is shared
 * answers itself, 504 for workers that hang for example; but a request counts once a task was chosen, and an answer once it is there.
 */
function withoutAnswer(group: ApplicationTargetGroup, index: number, period: Duration): MathExpression {
  const { TARGET_2XX_COUNT, TARGET_3XX_COUNT, TARGET_4XX_COUNT } = HttpCodeTarget;
  const answered = (code: HttpCodeTarget) => group.metrics.httpCodeTarget(code, { period });
  return new MathExpression({
    expression: `FILL(requests${index}, 0) - FILL(ok${index}, 0) - FILL(redirects${index}, 0) - FILL(client${index}, 0)`,
    usingMetrics: {
      [`requests${index}`]: group.metrics.requestCount({ period }),
      [`ok${index}`]: answered(TARGET_2XX_COUNT),
      [`redirects${index}`]: answered(TARGET_3XX_COUNT),
      [`client${index}`]: answered(TARGET_4XX_COUNT),
    },
    period,
  });
}

/**
 * The requests, and where there are more errors these, and never 0. Requests for which the load balancer has no task (503) are in no count of
 * requests; those of 502 and 504 are in it already.
 */
function atLeast(requests: string, errors: string): string {
  return `IF(${requests} >= ${errors}, IF(${requests} > 0, ${requests}, 1), ${errors})`;
}
