/**
 * Networks from the sound of a song to its latent factors. Input: log-mel spectrograms [b, t, bands],
 * which convolutions take as t frames of `bands` channels.
 *
 * @module
 */
import { relu } from "../nn/activation.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { flatten } from "../nn/flatten.ts";
import { normalInit } from "../nn/init.ts";
import type { LayerSpec } from "../nn/layer.ts";
import { sequential } from "../nn/sequential.ts";
import { conv1d, maxPool1d, temporalPool } from "../nn/temporal.ts";

/** Options of all networks. */
export interface LatentNetworkOptions {
  /** Latent factors, f. */
  readonly factors: number;
  /** Part of the hidden dense units that dropout leaves out; 0 for none. */
  readonly dropout?: number;
}

/**
 * The toolkit's default for windows of 128 frames by 128 bands: three convolutions of 64 filters, mean,
 * maximum and L2 pooling, 256 dense units. 121,304 parameters with 24 factors.
 *
 * @param options.dropout default 0.3
 *
 * @example
 * ```ts
 * import { summary } from "../nn/summary.ts";
 * import { latentConvnet } from "./latent_networks.ts";
 *
 * console.log(summary(latentConvnet({ factors: 24 }), [128, 128]).parameters); // 121304
 * ```
 */
export function latentConvnet(options: LatentNetworkOptions): LayerSpec {
  return sequential([
    ...block(64, 4),
    ...block(64, 2),
    ...block(64, 2),
    temporalPool(),
    ...hidden(256, options.dropout ?? 0.3),
    factorsOf(options.factors),
  ]);
}

/**
 * Two convolutions and two dense layers, as van den Oord, Dieleman and Schrauwen 2013 describe their
 * network; they do not publish its sizes, which are ours. Windows of 128 frames by 128 bands.
 *
 * @param options.size `"small"` (510,178 parameters with 50 factors) or `"full"` (2,587,128 with 400)
 * @param options.dropout default 0: the paper saw no significant gain
 */
export function latentConvnet2013(
  options: LatentNetworkOptions & { readonly size?: "small" | "full" },
): LayerSpec {
  const [filters, units] = options.size === "full" ? [256, 1000] : [128, 400];
  return sequential([
    ...block(filters, 4),
    ...block(filters, 4),
    flatten(),
    ...hidden(units, options.dropout ?? 0),
    factorsOf(options.factors),
  ]);
}

/**
 * The network of Dieleman 2014, "Recommending music on Spotify with deep learning": four convolutions,
 * mean, maximum and L2 pooling over time, two dense layers of 2048. Windows of 599 frames by 128 bands;
 * 9,393,704 parameters with 40 factors. The figure there shows 256 filters twice and a pooled vector of
 * 1536; that conv3 and conv4 have 512 follows from it.
 *
 * @param options.dropout default 0.5; the rate is not published
 */
export function latentConvnet2014(options: LatentNetworkOptions): LayerSpec {
  const rate = options.dropout ?? 0.5;
  return sequential([
    ...block(256, 4),
    ...block(256, 2),
    ...block(512, 2),
    conv1d({ length: 4, filters: 512, activation: "relu" }),
    temporalPool(),
    ...hidden(2048, rate),
    ...hidden(2048, rate),
    factorsOf(options.factors),
  ]);
}

/**
 * One hidden layer over a vector a song [b, d], such as a bag of words; 1000 units in van den Oord,
 * Dieleman and Schrauwen 2013.
 *
 * @param options.units default 1000
 * @param options.dropout default 0
 */
export function latentMlp(options: LatentNetworkOptions & { readonly units?: number }): LayerSpec {
  return sequential([
    ...hidden(options.units ?? 1000, options.dropout ?? 0),
    factorsOf(options.factors),
  ]);
}

function block(filters: number, size: number): LayerSpec[] {
  return [conv1d({ length: 4, filters, activation: "relu" }), maxPool1d({ size })];
}

function hidden(units: number, rate: number): LayerSpec[] {
  return [dense({ units }), relu(), ...(rate > 0 ? [dropout(rate)] : [])];
}

/** Small weights, since factors are small: the first steps are not spent on shrinking the output. */
function factorsOf(units: number): LayerSpec {
  return dense({ units, init: normalInit(0.01) });
}
