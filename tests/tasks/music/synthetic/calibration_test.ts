/** A small synthetic catalogue is neither hopeless nor easy. */
import { assert } from "@std/assert";
import { calibrate } from "../../../../tasks/music/synthetic/calibration.ts";

Deno.test("content beats chance and stays below the parameters and the bound", async () => {
  const small = { seed: 1, songs: 96, artists: 24, seconds: 2, listeners: 400 };
  const { random, shuffled, content, taste, bound, heard } = await calibrate(small);
  assert(Math.abs(shuffled.map - random.map) < 0.05, `${shuffled.map}, ${random.map}`);
  assert(Math.abs(shuffled.auc - 0.5) < 0.05, `${shuffled.auc}`);
  assert(content.auc > random.auc + 0.1, `${content.auc}`);
  assert(content.map < taste.map && taste.map < bound.map, `${[content.map, taste.map]}`);
  assert(heard.bright > 0.4 && heard.perc > 0.4, JSON.stringify(heard));
});
