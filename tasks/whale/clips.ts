/**
 * Many clips, with labels or without.
 *
 * @module
 */
import type { BadFile } from "../../files/bad_file.ts";

/** Clips that are there to be learnt from or scored. */
export interface Clips {
  /** Their names. */
  readonly names: readonly string[];
  /** At 1 kHz, each of mean 0 and deviation 1, `[n, 2000]`. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Standard deviations before that, `[n]`: for the probe of what the level alone gives away. */
  readonly levels: Float64Array;
  /** How many were silent. */
  readonly silentCount: number;
  /** Files that were left out, and why. */
  readonly badFiles: readonly BadFile[];
}

/** Clips with labels. */
export interface Recordings extends Clips {
  /** 1 for clips with a call, `[n]`. */
  readonly labels: Uint8Array;
  /** Places in time, ascending among those to learn from and among those put aside, `[n]`. */
  readonly positions: Uint32Array;
  /** The last so many clips were put aside for scoring; 0: cross-validate. */
  readonly testCount: number;
  /** Whether they are synthetic. */
  readonly synthetic: boolean;
  /** Whether there is a call, whatever the label says, `[n]`; of synthetic clips only. */
  readonly calls?: Uint8Array;
}
