import { assert } from "@std/assert";
import { learnSine } from "../../../docs/guides/swish_layer.ts";
import { sharedGpu } from "../../check.ts";

Deno.test("a network with the swish layer learns a sine", async () => {
  const error = await learnSine(await sharedGpu(), 400);
  assert(error < 0.05, `error ${error}`);
});
