import { assertEquals } from "@std/assert";
import { padRows, turn } from "../../audio/pad.ts";
import { checkPadding } from "../../tasks/doctor/audio_checks.ts";
import { sharedGpu, testCheck } from "../check.ts";

testCheck("padding adds zeros and moves no element", checkPadding);

Deno.test("padRows() gives rows that fit back as they are, and turn() what it is given", async () => {
  const gpu = await sharedGpu();
  using scope = gpu.scope();
  const x = scope.empty([3, 8]);
  assertEquals(padRows(scope, x), x);
  const into = scope.empty([8, 4]);
  assertEquals(turn(scope, x, { into }), into);
});
