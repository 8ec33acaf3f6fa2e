import type { IConstruct } from 'constructs';
import { FlaskStage } from './flask-stage';
import type { StageDefaults } from './flask-stage-options';

const STAGES = new WeakMap<IConstruct, FlaskStage>();

/** The stage of a construct: the one given, else that of the construct that it is in, else production. */
export function stageOf(scope: IConstruct, given?: FlaskStage): StageDefaults {
  const inherited = [...scope.node.scopes].reverse().find((ancestor) => STAGES.has(ancestor));
  return (given ?? (inherited && STAGES.get(inherited)) ?? FlaskStage.production())._render();
}

/** The same, and what is made in the construct has it too. */
export function beginStage(scope: IConstruct, given = FlaskStage.production()): StageDefaults {
  STAGES.set(scope, given);
  return given._render();
}
