/**
 * The worker side of `makeClips`: makes and prepares a stretch of synthetic clips per message.
 *
 * @module
 */
import { serveRequests } from "../../gpu/worker_side.ts";
import { PREPARED_SAMPLES } from "./config.ts";
import { prepareClip } from "./clip.ts";
import type { ClipsMade, ClipsWanted } from "./synthetic_set.ts";
import { WhaleSet } from "./synthetic/stream.ts";

let set: { readonly name: string; readonly clips: WhaleSet } | undefined;

serveRequests<ClipsWanted, ClipsMade>(({ set: options, part, from, to, zeroPhase }) => {
  const name = JSON.stringify(options);
  if (set?.name !== name) set = { name, clips: new WhaleSet(options) };
  const count = to - from;
  const made: ClipsMade = {
    samples: new Float32Array(count * PREPARED_SAMPLES),
    labels: new Uint8Array(count),
    calls: new Uint8Array(count),
    levels: new Float64Array(count),
  };
  let i = 0;
  for (const { samples, label, call } of set.clips.clips(part, from, to)) {
    const prepared = prepareClip(samples, zeroPhase);
    made.samples.set(prepared.samples, i * PREPARED_SAMPLES);
    made.labels[i] = label;
    made.calls[i] = call ? 1 : 0;
    made.levels[i] = prepared.level;
    i++;
  }
  return made;
});
