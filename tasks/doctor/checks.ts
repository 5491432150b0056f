/**
 * Every check of `deno task doctor`.
 *
 * @module
 */
import { audioChecks } from "./audio_checks.ts";
import { classifierChecks } from "./classifier_checks.ts";
import { conv2dChecks } from "./conv2d_checks.ts";
import type { Check } from "./bench.ts";
import { galaxyChecks } from "./galaxy_checks.ts";
import { gpuChecks } from "./gpu_checks.ts";
import { latentChecks } from "./latent_checks.ts";
import { layerChecks } from "./layer_checks.ts";
import { recsysChecks } from "./recsys_checks.ts";
import { spectrumChecks } from "./spectrum_checks.ts";
import { trainingChecks } from "./training_checks.ts";
import { wmfChecks } from "./wmf_checks.ts";

/** Between them they run every entry point of every shader. */
export const allChecks: readonly Check[] = [
  ...gpuChecks,
  ...layerChecks,
  ...conv2dChecks,
  ...trainingChecks,
  ...galaxyChecks,
  ...spectrumChecks,
  ...audioChecks,
  ...classifierChecks,
  ...recsysChecks,
  ...latentChecks,
  ...wmfChecks,
];
