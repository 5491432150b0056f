/**
 * The 16-view maxout convnet of the Galaxy Challenge's winner (Dieleman, Willett and Dambre 2015,
 * section 5.4), in any size.
 *
 * @module
 */
import { conv2d } from "../../nn/conv2d.ts";
import { dense } from "../../nn/dense.ts";
import { dropout } from "../../nn/dropout.ts";
import { constantInit, glorotUniform, heNormal, normalInit } from "../../nn/init.ts";
import type { LayerSpec } from "../../nn/layer.ts";
import { maxout } from "../../nn/maxout.ts";
import { maxPool } from "../../nn/pool.ts";
import { sequential } from "../../nn/sequential.ts";
import { mergeParts } from "../../nn/view_pool.ts";
import { views } from "../../nn/views.ts";
import type { GalaxyConfig } from "./config.ts";
import { galaxyConstraints } from "./constraints.ts";

/** Side of each of the two views, in pixels. */
export const VIEW_SIDE = 69;
/** Views of a galaxy: upright and turned by 45 degrees. */
export const VIEW_COUNT = 2;
/** Side of the parts cut from a view, in pixels. */
export const PART_SIDE = 45;
/** Parts of a galaxy: 2 views, 2 mirrorings, 4 corners. */
export const PART_COUNT = 16;
/** Shape of one galaxy as the network takes it: views, rows, columns, colours. */
export const GALAXY_INPUT: readonly number[] = [VIEW_COUNT, VIEW_SIDE, VIEW_SIDE, 3];

/** Deviations of the published initial weights; conv4 is wider than the others. */
const PAPER_DEVIATIONS = { conv: [0.01, 0.01, 0.01, 0.1], dense: 0.001, output: 0.01 };

/**
 * The network of a configuration, from `[b, 2, 69, 69, 3]` to the 37 answers `[b, 37]`.
 *
 * @example
 * ```ts
 * import { summary } from "jsr:@cetus/cetus";
 * import { GALAXY_INPUT, GALAXY_PRESETS, galaxyNetwork } from "jsr:@cetus/cetus/galaxy";
 * console.log(summary(galaxyNetwork(GALAXY_PRESETS.paper), GALAXY_INPUT).text);
 * ```
 */
export function galaxyNetwork(config: GalaxyConfig): LayerSpec {
  const { constraints, q6Weight } = config;
  return sequential([
    views({ part: PART_SIDE }),
    ...convolutions(config),
    mergeParts({ merge: config.merge, parts: PART_COUNT }),
    ...hiddenLayers(config),
    dropout(config.dropout, { name: "dropout_output" }),
    dense({
      units: 37,
      name: "output",
      init: normalInit(PAPER_DEVIATIONS.output),
      biasInit: constantInit(0.1),
    }),
    galaxyConstraints({ variant: constraints, q6Weight }),
  ]);
}

function convolutions({ filters, filterSizes, init }: GalaxyConfig): LayerSpec[] {
  return filters.flatMap((count, i) => {
    const layer = conv2d({
      filters: count,
      size: filterSizes[i],
      bias: "untied",
      activation: "relu",
      name: `conv${i + 1}`,
      init: init === "paper" ? normalInit(PAPER_DEVIATIONS.conv[i]) : heNormal(),
      biasInit: constantInit(init === "paper" ? 0.1 : 0),
    });
    return i === 2 ? [layer] : [layer, maxPool({ size: 2 })]; // the third keeps its 6 x 6 maps
  });
}

function hiddenLayers({ denseUnits, pieces, dropout: rate, init }: GalaxyConfig): LayerSpec[] {
  return denseUnits.flatMap((units, i) => [
    dropout(rate, { name: `dropout${i + 1}` }),
    dense({
      units,
      name: `dense${i + 1}`,
      init: init === "paper" ? normalInit(PAPER_DEVIATIONS.dense) : glorotUniform(),
      biasInit: constantInit(0.01),
    }),
    maxout(pieces),
  ]);
}
