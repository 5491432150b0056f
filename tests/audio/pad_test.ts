import { assertEquals } from "@std/assert";
import { padRows, turn } from "../../audio/pad.ts";
import { checkPadding } from "../../tasks/doctor/audio_checks.ts";
import { test, testCheck } from "../check.ts";

testCheck("padding adds zeros and moves no element", checkPadding);

test("padRows() gives rows that fit back as they are, and turn() what it is given", ({ scope }) => {
  const x = scope.empty([3, 8]);
  assertEquals(padRows(scope, x), x);
  const into = scope.empty([8, 4]);
  assertEquals(turn(scope, x, { into }), into);
});
