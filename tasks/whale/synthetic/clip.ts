/**
 * One synthetic clip, from its key and its moment to samples and label.
 *
 * @module
 */
import { fold, type Key, uniform } from "../../../gpu/random.ts";
import { Draws } from "../../study/draws.ts";
import type { Moment } from "./chronology.ts";
import { addConfusers } from "./confusers.ts";
import { addBangs, addShip, addStep, addTones, toCounts } from "./disturbances.ts";
import { ambientNoise } from "./noise.ts";
import { CLIP_SETTINGS, type ClipSettings } from "./settings.ts";
import { addUpCall, type UpCall } from "./up_call.ts";

/** Mean and standard deviation of the decimal logarithm of a clip's level in counts. */
const LEVEL = { mean: 2.6, deviation: 0.35 };

/** How much of a clip's level its time decides; the rest is its own. */
const LEVEL_MEMORY = 0.8;

/** A finished clip. */
export interface SyntheticClip {
  /** The samples, `[4000]` at 2000 Hz. */
  readonly samples: Int16Array<ArrayBuffer>;
  /** What the label says: 1 for a call, wrong in one of a hundred clips. */
  readonly label: 0 | 1;
  /** The call, where there is one whatever the label says. */
  readonly call: UpCall | undefined;
}

/**
 * Makes a clip. Each part draws from a stream of its own, so that a change of one leaves the others.
 *
 * @param clip Which clip
 * @param moment What its time says of it
 * @param settings What may be changed
 */
export function syntheticClip(
  clip: Key,
  moment: Moment,
  settings: ClipSettings = CLIP_SETTINGS,
): SyntheticClip {
  const part = (name: string) => fold(clip, name);
  const lots = part("lots");
  const hasCall = uniform(lots, 0) < moment.callChance;
  const isFlipped = uniform(lots, 1) < settings.flipShare;
  const { samples, bandLevel } = ambientNoise(part("noise"));
  addShip(samples, part("ship"), bandLevel, moment.shipping);
  if (uniform(lots, 2) < settings.stepShare) addStep(samples, part("step"));
  addTones(samples, part("tones"), bandLevel);
  addBangs(samples, part("bangs"), bandLevel);
  addConfusers(samples, part("confusers"), bandLevel, hasCall);
  const call = hasCall ? addUpCall(samples, part("call"), bandLevel, settings) : undefined;
  return {
    samples: toCounts(samples, levelAt(part("level"), moment)),
    label: hasCall !== isFlipped ? 1 : 0,
    call,
  };
}

function levelAt(stream: Key, { loudness }: Moment): number {
  const own = Math.sqrt(1 - LEVEL_MEMORY ** 2) * new Draws(stream).normal();
  return 10 ** (LEVEL.mean + LEVEL.deviation * (LEVEL_MEMORY * loudness + own));
}
