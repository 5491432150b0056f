import { assert, assertEquals, assertThrows } from "@std/assert";
import { nesterov } from "../../../nn/optimizer.ts";
import { summary } from "../../../nn/summary.ts";
import { configOf } from "../../../tasks/run/settings.ts";
import { UsageError } from "../../../tasks/run/usage_error.ts";
import { GALAXY_PRESETS, GALAXY_SETTINGS } from "../../../tasks/galaxy/config.ts";
import { GALAXY_INPUT, galaxyNetwork } from "../../../tasks/galaxy/model.ts";
import { scheduleOf } from "../../../tasks/galaxy/train_split.ts";

Deno.test("summary() of the published network has the published shapes, counts and FLOPs", () => {
  const network = galaxyNetwork(GALAXY_PRESETS.paper);
  const figures = summary(network, GALAXY_INPUT, { optimizer: nesterov() });
  const rows = Object.fromEntries(figures.rows.map((row) => [row.name, row]));
  const layer = (name: string) => {
    const { output, parameters, forwardFlops } = rows[name];
    return `${output.slice(1).join("x")} ${parameters} ${(forwardFlops / 1e6).toFixed(2)}`;
  };
  // Dieleman, Willett and Dambre 2015, figure 4; counts include the untied biases.
  assertEquals(layer("conv1"), "40x40x32 54656 176.95");
  assertEquals(layer("conv2"), "16x16x64 67584 419.43");
  assertEquals(layer("conv3"), "6x6x128 78336 84.93");
  assertEquals(layer("conv4"), "4x4x128 149504 75.50");
  assertEquals(layer("dense1"), "4096 33558528 67.11");
  assertEquals(layer("dense2"), "4096 8392704 16.78");
  assertEquals(layer("output"), "37 75813 0.15");
  assertEquals(rows.conv1.output[0], 16);
  assertEquals(figures.parameters, 42_377_125);
  assertEquals((figures.forwardFlops / 1e6).toFixed(1), "840.8");
  assertEquals((figures.backwardFlops / 1e6).toFixed(1), "1504.7");
  // Weights, gradients and velocity.
  assert(figures.parameterBytes >= 3 * 4 * 42_377_125);
  assert(figures.text.includes("42,377,125 parameters"));
});

Deno.test("the small network has 2,345,701 parameters, and pooling views saves most of dense1", () => {
  assertEquals(summary(galaxyNetwork(GALAXY_PRESETS.small), GALAXY_INPUT).parameters, 2_345_701);
  for (const merge of ["mean", "max", "rms"] as const) {
    const pooled = summary(galaxyNetwork({ ...GALAXY_PRESETS.small, merge }), GALAXY_INPUT);
    assertEquals(pooled.parameters, 2_345_701 - 15 * 256 * 512);
  }
});

Deno.test("the published rate drops to a tenth and a hundredth at 72 % and 92 %", () => {
  const rate = scheduleOf({ ...GALAXY_PRESETS.paper, steps: 100 });
  assertEquals([1, 72, 73, 92, 93, 100].map(rate), [0.04, 0.04, 0.004, 0.004, 0.0004, 0.0004]);
});

Deno.test("settings are checked: words, ranges and sizes", () => {
  const refuses = (message: string, key: string, value: string) =>
    assertThrows(() => configOf(GALAXY_SETTINGS, { set: [[key, value]] }), UsageError, message);
  refuses('optimizer is "sgd", expected adam or nesterov', "optimizer", "sgd");
  refuses("dropout is 1, expected a number from 0 to 0.99", "dropout", "1");
  refuses("steps is 2.5, expected a whole number from 1 to 1000000000", "steps", "2.5");
  refuses("filters is [16, 32], expected 4 whole numbers from 1 on", "filters", "16,32");
  refuses("denseUnits is [511, 512], expected multiples of pieces, 2", "denseUnits", "511,512");
  assertEquals(configOf(GALAXY_SETTINGS, { preset: "paper" }), GALAXY_PRESETS.paper);
});
