/**
 * The worker side of dropped files: decodes them, so that the server answers others meanwhile.
 *
 * @module
 */
import { InputError } from "../../../files/input_error.ts";
import { serveRequests } from "../../../gpu/worker_side.ts";
import { readSound } from "../read_sound.ts";
import type { DecodedDrop, DropWanted } from "./drop.ts";

serveRequests<DropWanted, DecodedDrop>(async ({ bytes, name, options }) => {
  const warnings: string[] = [];
  const warn = (_: string, told: readonly string[]) => warnings.push(...told);
  try {
    return {
      samples: await readSound(bytes, name, { ...options, sounding: true, warn }),
      warnings,
    };
  } catch (error) {
    if (error instanceof InputError) return { refused: error.message };
    throw error;
  }
});
