import { assertEquals } from "@std/assert";
import type { Context } from "../../gpu/kernel.ts";
import { key } from "../../gpu/random.ts";
import { type NdArray, type Shape, sizeOf } from "../../gpu/tensor.ts";
import { constantInit } from "../../nn/init.ts";
import { makeParam, type Param } from "../../nn/layer.ts";
import { adam, nesterov, type OptimizerSpec, sgd } from "../../nn/optimizer.ts";
import { adamRef, type ParameterRef, parameterRef, sgdRef } from "../../nn/optimizer_ref.ts";
import { packState, STATE_WORDS } from "../../nn/state.ts";
import { checkOptimizers, OPTIMIZERS } from "../../tasks/doctor/training_checks.ts";
import { assertClose, randomArray, test, testCheck } from "../check.ts";
import { refuses } from "../refusals.ts";

/** An update of the reference: parameter, gradient, step counted from 1. */
type Update = (param: ParameterRef, grad: NdArray, step: number) => void;

const RATE = 0.05;
/** The learning rate falls on the way, so that its place (inside the velocity) shows. */
const rateOf = (step: number) => step <= 12 ? RATE : RATE / 10;

/** One element, vec4 and not, just past a workgroup of vec4, and more than one axis. */
const SHAPES: Shape[] = [[1], [3], [4, 2], [64 * 4 + 1], [7, 41]];

function makeParams(context: Context): Param[] {
  return SHAPES.map((shape, i) =>
    makeParam(context, `layer${i}/weight`, shape, { init: constantInit(0), decay: i % 2 === 0 })
  );
}

function stateOf(spec: OptimizerSpec, step: number): Uint32Array {
  return packState({
    step,
    learningRate: rateOf(step),
    key: key(1),
    count: 1,
    betas: spec.betas,
  });
}

/** Gradient of 1/2 sum curvature w^2, in f32 as the device gets it. */
function gradientOf(value: NdArray, curvature: NdArray): NdArray<Float64Array> {
  const data = Float64Array.from(value.data, (w, i) => Math.fround(curvature.data[i] * w));
  return { shape: value.shape, data };
}

for (const [name, { spec, update }] of Object.entries(OPTIMIZERS)) {
  test(`${name} follows float64 for 20 steps, and decays only where asked`, async ({ gpu, scope }) => {
    const params = makeParams(scope);
    const optimizer = spec.build(gpu, params);
    optimizer.reset(scope);
    const starts = SHAPES.map((shape, i) => randomArray(shape, i + 1));
    const curvatures = SHAPES.map((shape, i) => randomArray(shape, i + 11));
    const refs = starts.map((start, i) => parameterRef(start, params[i].decay));
    params.forEach(({ value }, i) => gpu.write(value, starts[i].data));
    for (let step = 1; step <= 20; step++) {
      const grads = refs.map(({ value }, i) => gradientOf(value, curvatures[i]));
      params.forEach(({ grad }, i) => gpu.write(grad, grads[i].data));
      refs.forEach((ref, i) => update(ref, grads[i], { step, learningRate: rateOf(step) }));
      const data = stateOf(spec, step);
      optimizer.step(scope, scope.upload({ shape: [STATE_WORDS], data }));
    }
    for (let i = 0; i < params.length; i++) {
      const tolerance = { relative: 2e-6, absolute: 2e-6, name: params[i].name };
      assertClose(await gpu.read(params[i].value), refs[i].value, tolerance);
    }
    scope.release(...params.flatMap(({ value, grad }) => [value, grad]));
    scope.release(...Object.values(optimizer.state));
  });
}

// PyTorch 2.13.0, float64, 20 steps on 1/2 sum a w^2 + 3/2 b^2 from w = [1, -2, 0.5], b = [0.25],
// a = [1, 10, 0.1]: torch.optim.X([{params: [w], weight_decay: d}, {params: [b], weight_decay: 0}]).
const START = { weight: [1, -2, 0.5], bias: [0.25] };
const CURVATURE = { weight: [1, 10, 0.1], bias: [3] };
const GOLDEN: { call: string; weight: number[]; bias: number[]; update: Update }[] = [
  {
    call: "AdamW(lr=0.05, weight_decay=0.1)",
    weight: [0.07257357698028724, -0.9036189446682702, -0.13040168820432774],
    bias: [0.026593827167967474],
    update: (param, grad, step) =>
      adamRef(param, grad, { learningRate: 0.05, step, weightDecay: 0.1 }),
  },
  {
    call: "AdamW(lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0)",
    weight: [0.14718937093872664, -1.0540482242562788, -0.05555150343773081],
    bias: [0.024388205645653097],
    update: (param, grad, step) =>
      adamRef(param, grad, { learningRate: 0.05, step, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
  },
  {
    // At a constant rate PyTorch's velocity, with the rate outside, gives the same parameters.
    call: "SGD(lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.1)",
    weight: [-0.24001128998070553, 0.0764100964490879, 0.278203426007137],
    bias: [0.00737337431126536],
    update: (param, grad) =>
      sgdRef(param, grad, { learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  },
  {
    call: "SGD(lr=0.02, momentum=0.9, weight_decay=0.1)",
    weight: [-0.30699563929894036, 0.7013682883274023, 0.2864664590518006],
    bias: [0.011518536464926255],
    update: (param, grad) =>
      sgdRef(param, grad, { learningRate: 0.02, momentum: 0.9, weightDecay: 0.1 }),
  },
  {
    call: "SGD(lr=0.02, weight_decay=0.1)",
    weight: [0.6408805563666788, -0.02193248407427174, 0.4614841323007015],
    bias: [0.07252656028286544],
    update: (param, grad) => sgdRef(param, grad, { learningRate: 0.02, weightDecay: 0.1 }),
  },
];

for (const { call, weight, bias, update } of GOLDEN) {
  Deno.test(`the references end where PyTorch's ${call} ends`, () => {
    for (const name of ["weight", "bias"] as const) {
      const start = Float64Array.from(START[name]);
      const param = parameterRef({ shape: [start.length], data: start }, name === "weight");
      for (let step = 1; step <= 20; step++) {
        const data = param.value.data.map((w, i) => CURVATURE[name][i] * w);
        update(param, { shape: param.value.shape, data }, step);
      }
      const expected = Float64Array.from(name === "weight" ? weight : bias);
      const tolerance = { relative: 1e-12, absolute: 1e-15, name: `${call} ${name}` };
      assertClose(param.value, { shape: [expected.length], data: expected }, tolerance);
    }
  });
}

testCheck("a step of each optimiser agrees with float64, its memories too", checkOptimizers);

test("nesterov() takes the two first steps of the formula on a gradient of 1", async ({ gpu, scope }) => {
  const param = makeParam(scope, "w", [1], { init: constantInit(0), decay: true });
  const optimizer = nesterov({ momentum: 0.5 }).build(gpu, [param]);
  optimizer.reset(scope);
  gpu.write(param.value, Float32Array.of(0));
  gpu.write(param.grad, Float32Array.of(1));
  const seen = [];
  for (let step = 1; step <= 2; step++) {
    const data = packState({ step, learningRate: 0.25, key: key(1), count: 1 });
    optimizer.step(scope, scope.upload({ shape: [STATE_WORDS], data }));
    seen.push(
      (await gpu.read(param.value)).data[0],
      (await gpu.read(optimizer.state["nesterov/velocity/w"])).data[0],
    );
  }
  // v = -1/4, w = -1/8 - 1/4; then v = -1/8 - 1/4, w = -3/8 - 3/16 - 1/4.
  assertEquals(seen, [-0.375, -0.25, -0.8125, -0.375]);
});

test("an optimiser's state is named by kind, moment and parameter, and shaped like it", ({ gpu, scope }) => {
  const params = makeParams(scope).slice(0, 2);
  const { state } = adam().build(gpu, params);
  const names = ["layer0/weight", "layer1/weight"];
  assertEquals(Object.keys(state), names.flatMap((name) => [`adam/m/${name}`, `adam/v/${name}`]));
  assertEquals(sizeOf(state["adam/v/layer1/weight"].shape), 3);
  assertEquals(Object.keys(sgd().build(gpu, params).state), []);
  assertEquals(adam({ beta1: 0.8 }).betas, [0.8, 0.999]);
});

test("optimisers refuse options that make no sense, and two parameters of one name", ({ gpu }) => {
  refuses(() => sgd({ momentum: 1 }), "momentum is 1, expected a number in [0, 1)");
  refuses(() => sgd({ nesterov: true }), "with nesterov: momentum is 0, expected a number above 0");
  refuses(() => sgd({ weightDecay: -1 }), "weightDecay is -1");
  refuses(() => adam({ beta2: NaN }), "beta2 is NaN");
  refuses(() => adam({ epsilon: 0 }), "epsilon is 0, expected a number above");
  const [param] = makeParams(gpu);
  refuses(() => sgd().build(gpu, [param, param]), 'name is "layer0/weight", expected another');
  const state = gpu.upload({ shape: [7], data: new Uint32Array(7) });
  const optimizer = sgd().build(gpu, [param]);
  refuses(() => optimizer.step(gpu, state), '"state" is u32 [7]');
});
