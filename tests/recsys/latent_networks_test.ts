import { assertEquals } from "@std/assert";
import { summary } from "../../nn/summary.ts";
import {
  latentConvnet,
  latentConvnet2013,
  latentConvnet2014,
  latentMlp,
} from "../../recsys/latent_networks.ts";

Deno.test("the latent networks have the published and the specified numbers of parameters", () => {
  const count = (network: ReturnType<typeof latentConvnet>, input: number[]) =>
    summary(network, input).parameters;
  assertEquals(count(latentConvnet({ factors: 24 }), [128, 128]), 121_304);
  assertEquals(count(latentConvnet2013({ factors: 50 }), [128, 128]), 510_178);
  assertEquals(count(latentConvnet2013({ factors: 400, size: "full" }), [128, 128]), 2_587_128);
  assertEquals(count(latentConvnet2014({ factors: 40 }), [599, 128]), 9_393_704);
  assertEquals(count(latentMlp({ factors: 50 }), [500]), 551_050);
});

Deno.test("the 2014 network has the shapes of its figure", () => {
  const { rows } = summary(latentConvnet2014({ factors: 40 }), [599, 128]);
  const shapes = rows.map(({ output }) => output.slice(1).join("x"));
  for (const shape of ["596x256", "149x256", "73x256", "35x512", "32x512", "1536", "2048", "40"]) {
    assertEquals(shapes.includes(shape), true, `${shape} in ${shapes}`);
  }
});
