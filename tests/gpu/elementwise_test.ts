import { fill } from "../../gpu/elementwise.ts";
import { checkElementwise } from "../../tasks/doctor/gpu_checks.ts";
import { test, testCheck } from "../check.ts";

testCheck("add(), multiply(), scale() and fill() agree with float64", checkElementwise);

test("fill() reaches the end of a grid beyond 65,535 workgroups", async ({ gpu, scope }) => {
  const x = scope.empty([65_535 * 4 * 64 + 260]);
  fill(scope, x, 3);
  const { data } = await gpu.read(x);
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 3) throw new Error(`element ${i}: ${data[i]}`);
  }
});
