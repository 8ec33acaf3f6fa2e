/** Runs the app that APP names as if every stage were the ephemeral one. */
import { FlaskStage } from '../../src';

const ephemeral = FlaskStage.ephemeral();
FlaskStage.production = FlaskStage.development = () => ephemeral;
require(process.env.APP as string);
