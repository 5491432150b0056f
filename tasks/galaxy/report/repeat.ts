/**
 * What it took, with which settings, and how to do it again.
 *
 * @module
 */
import { escapeText } from "../../report/plot/svg.ts";
import { paragraph, section } from "../../report/html.ts";
import { presetCommand, settingList, type Settings, timingTable } from "../../report/repeat.ts";
import { GALAXY_PRESETS } from "../config.ts";
import type { GalaxyReportContent } from "./content.ts";

/** What the phases are called. */
const PHASES: Readonly<Record<string, string>> = {
  data: "reading or making the galaxies",
  training: "training",
  prediction: "predicting the galaxies held out",
  baselines: "baselines",
};

/** Timings, settings, command. */
export function repeatSection(content: GalaxyReportContent): string {
  const { config, result, command = repeatCommand(config) } = content;
  const version = config.version === undefined ? "" : ` ${config.version}`;
  return section(
    "The run",
    timingTable({ timings: result.timings, phases: PHASES, adapter: result.adapter }),
    "<h3>Do it again</h3>",
    `<pre>${escapeText(command)}</pre>`,
    paragraph(
      `With the same version of Cetus${version} and the same adapter this gives the same bits; on ` +
        `another adapter figures differ in the last digits.`,
      "note",
    ),
    settingList(config),
  );
}

/**
 * The command that repeats a run: the preset that is nearest, and what differs from it.
 *
 * @param config the run's settings, as `config.json` holds them
 *
 * @example
 * ```ts
 * import { GALAXY_PRESETS } from "../config.ts";
 * import { repeatCommand } from "./repeat.ts";
 *
 * const command = repeatCommand({ ...GALAXY_PRESETS.smoke, seed: 2, steps: 30 });
 * if (command !== "deno task galaxy --preset smoke --seed 2 --set steps=30") throw new Error(command);
 * ```
 */
export function repeatCommand(config: Settings): string {
  const { data, seed, folds, transforms, onBad, startFrom } = config;
  const start = (startFrom as { readonly run?: unknown } | undefined)?.run;
  return presetCommand({
    command: "deno task galaxy",
    presets: GALAXY_PRESETS as unknown as Readonly<Record<string, Settings>>,
    config,
    data,
    options: {
      "--seed": seed,
      "--folds": folds,
      "--transforms": transforms === 1 ? undefined : transforms,
      "--on-bad": onBad === "stop" ? undefined : onBad,
      "--init": start,
    },
  });
}
