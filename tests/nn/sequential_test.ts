import { assertEquals } from "@std/assert";
import { dense } from "../../nn/dense.ts";
import { relu } from "../../nn/activation.ts";
import { childNames, sequential } from "../../nn/sequential.ts";
import { Recorder } from "../../gpu/recorder.ts";
import { refuses } from "../refusals.ts";

Deno.test("layers are named by kind and number below their parent", () => {
  const names = childNames([dense({ units: 1 }), relu(), dense({ units: 2, name: "out" })], "net");
  assertEquals(names, ["net/dense1", "net/relu1", "net/out"]);
  refuses(
    () => childNames([dense({ units: 1, name: "a" }), dense({ units: 2, name: "a" })], ""),
    'name is "a", expected another for each layer',
  );
});

Deno.test("parameters carry the path of nested networks", () => {
  const inner = sequential([dense({ units: 3 })], { name: "inner" });
  const layer = sequential([inner, dense({ units: 2 })]).build(new Recorder(), [1, 4], {
    name: "",
  });
  assertEquals(layer.params.map(({ name, value }) => `${name} [${value.shape}]`), [
    "inner/dense1/weight [4,3]",
    "inner/dense1/bias [3]",
    "dense1/weight [3,2]",
    "dense1/bias [2]",
  ]);
});

Deno.test("an empty network and a refused shape are errors that name the layer", () => {
  refuses(() => sequential([]), "layers is 0, expected a whole number from 1 on");
});

Deno.test("the input gradient is recorded only where something before it trains", () => {
  const record = (wantDx: boolean) => {
    const recorder = new Recorder();
    const state = recorder.feed("state", [8], "u32");
    const layer = sequential([relu(), dense({ units: 3 }), relu(), dense({ units: 2 })])
      .build(recorder, [5, 4], { name: "" });
    const x = recorder.empty([5, 4]);
    const { y, backward } = layer.forward(x, { context: recorder, train: true, state });
    const before = recorder.dispatches.length;
    const dx = backward(recorder.empty(y.shape), wantDx);
    return { dx: dx?.shape, count: recorder.dispatches.length - before };
  };
  const [wanted, unwanted] = [record(true), record(false)];
  assertEquals([wanted.dx?.join(), unwanted.dx], ["5,4", undefined]);
  assertEquals(unwanted.count < wanted.count, true);
});
