/**
 * A contrastive loss of sound and listening: the song that a user played is to be told from the
 * other songs of the batch.
 *
 * @module
 */
import text from "./contrastive_loss.wgsl" with { type: "text" };
import { positive } from "../gpu/check.ts";
import { kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import { type Loss, withoutWeights } from "../nn/loss.ts";
import { STATE } from "../nn/state.ts";

const shared = {
  source: [GRID, STATE, { file: "recsys/contrastive_loss.wgsl", text }],
  threads: ({ b }: Record<string, number>) => 64 * b, // a workgroup a row
} as const;

const normaliseKernel = kernel({
  ...shared,
  name: "contrastiveLoss/normalise",
  entry: "normalise",
  inputs: { rows: "b k", state: "u32: 8" },
  outputs: { unit: "b k", length: "b" },
  flops: ({ b, k }) => 3 * b * k,
});
const softmaxKernel = kernel({
  ...shared,
  name: "contrastiveLoss/softmax",
  entry: "in_batch_softmax",
  inputs: { users: "b k", songs: "b k", state: "u32: 8" },
  outputs: { perExample: "b", slopes: "b b" },
  flops: ({ b, k }) => 2 * b * b * k,
});
const gradientKernel = kernel({
  ...shared,
  name: "contrastiveLoss/gradient",
  entry: "song_gradient",
  inputs: { users: "b k", songs: "b k", slopes: "b b", lengths: "b", state: "u32: 8" },
  outputs: { dy: "b k" },
  flops: ({ b, k }) => 2 * b * b * k,
});

/** How sharply songs are told apart. */
export interface ContrastiveLossOptions {
  /** Divides the cosines, above 0: the smaller, the more the nearest songs count. Default 0.1. */
  readonly temperature?: number;
}

/**
 * In-batch softmax: of example r, -log softmax over the songs j of the batch of
 * cos(target_r, y_j) / temperature, at j = r. Outputs y [b, k] are the vectors of the songs,
 * targets [b, k] the vector of one listener of each song, as `withListeners()` draws them; the
 * gradient is by y. Vectors shorter than 1e-6 are divided by 1e-6 instead of their length. One
 * order of sums: the same bits in every run.
 *
 * Source: van den Oord, Li and Vinyals 2018, "Representation learning with contrastive predictive
 * coding", equation 4, on cosines with a temperature as in Chen et al. 2020, "A simple framework
 * for contrastive learning of visual representations", equation 1.
 *
 * The loss grows with the number of examples in the batch: chance is log b. Compare losses of equal
 * batches only; the last batch of a validation may be a smaller one. Two examples of one song in
 * a batch count as different songs.
 *
 * @throws {RangeError} when the temperature is not a finite number above 0
 * @throws {TypeError} from the loss when weights come, which it does not take
 *
 * @example
 * ```ts
 * import { contrastiveLoss } from "./contrastive_loss.ts";
 *
 * const loss = contrastiveLoss({ temperature: 0.1 }); // pass it to fit()
 * ```
 */
export function contrastiveLoss(options: ContrastiveLossOptions = {}): Loss {
  const { temperature = 0.1 } = options;
  positive("Cannot make contrastiveLoss", { temperature });
  const dims = { temperature };
  return withoutWeights("contrastiveLoss", ({ context, state }, y, target) => {
    const { unit: users } = normaliseKernel(context, { rows: target, state }, { dims });
    const { unit: songs, length } = normaliseKernel(context, { rows: y, state }, { dims });
    const { perExample, slopes } = softmaxKernel(context, { users, songs, state }, { dims });
    const inputs = { users, songs, slopes, lengths: length, state };
    return { perExample, dy: gradientKernel(context, inputs, { dims }).dy };
  });
}
