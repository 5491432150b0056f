/**
 * What the run took, with which settings, and how to do it again.
 *
 * @module
 */
import { escapeText } from "../../report/plot/svg.ts";
import { paragraph, section } from "../../report/html.ts";
import { presetCommand, settingList, type Settings, timingTable } from "../../report/repeat.ts";
import { WHALE_PRESETS } from "../config.ts";
import type { WhaleReportContent } from "./content.ts";

/** What the phases are called. */
const PHASES: Readonly<Record<string, string>> = {
  clips: "reading or making the clips",
  baselines: "baselines",
  dictionaries: "patches, whitening, K-means",
  encoding: "describing the clips by the dictionaries",
  classifiers: "classifiers",
};

/** Timings, settings, command. */
export function repeatSection(content: WhaleReportContent): string {
  const { config, figures, command = whaleCommand(config) } = content;
  const { timings, adapter } = figures;
  const version = config.version === undefined ? "" : ` ${config.version}`;
  return section(
    "The run",
    timingTable({ timings, phases: PHASES, adapter }),
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
 */
export function whaleCommand(config: Settings): string {
  const { data, seed, allowOrderLeak, onBad } = config;
  return presetCommand({
    command: "deno task whale",
    presets: WHALE_PRESETS as unknown as Readonly<Record<string, Settings>>,
    config,
    data,
    options: {
      "--seed": seed,
      "--allow-order-leak": allowOrderLeak === true ? true : undefined,
      "--on-bad": onBad === "stop" ? undefined : onBad,
    },
  });
}
