/**
 * Presets and the limits of their settings, which tasks declare as tables.
 *
 * @module
 */
import { applySettings, type CommandLine, type ConfigValue, UsageError } from "./cli.ts";

/** What a setting may be. */
export interface SettingLimits {
  /** What words it may take, by name. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** The least and the most that a number may be, and whether it must be whole, by name. */
  readonly ranges: Readonly<
    Record<string, readonly [least: number, most: number, whole?: "whole"]>
  >;
}

/**
 * The preset of a command line, `small` where none was named, with its settings changed. They are not
 * checked yet.
 *
 * @throws {UsageError} for a preset or a setting that there is not
 */
export function presetOf<C extends { readonly [K in keyof C]: ConfigValue }>(
  presets: Readonly<Record<string, C>>,
  line: Pick<CommandLine, "preset" | "settings">,
): C {
  const name = line.preset ?? "small";
  const preset = presets[name];
  if (preset) return applySettings(preset, line.settings);
  const known = Object.keys(presets).join(", ");
  throw new UsageError(`There is no preset "${name}": expected ${known}`);
}

/** @throws {UsageError} naming the setting, what came and what was expected */
export function checkSettings(config: object, { choices, ranges }: SettingLimits): void {
  for (const [name, value] of Object.entries(config)) {
    if (choices[name] && !choices[name].includes(value)) {
      throw new UsageError(`${name} must be ${choices[name].join(", ")}, got "${value}"`);
    }
    if (!ranges[name]) continue;
    const [least, most, whole] = ranges[name];
    if (!(value >= least && value <= most) || whole && !Number.isInteger(value)) {
      const kind = whole ? "a whole number" : "a number";
      throw new UsageError(`${name} must be ${kind} from ${least} to ${most}, got ${value}`);
    }
  }
}
