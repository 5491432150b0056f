import { assertEquals } from "@std/assert";
import { countCases, splitArguments, TESTED } from "./run.ts";

Deno.test("countCases() counts steps, failures, errors and skipped tests", () => {
  const report = `<testsuites name="deno test" tests="5">
    <testcase name="a &lt;failure&gt;" time="0.1"></testcase>
    <testcase name="b" time="0.1"><failure message="x">&lt;testcase </failure></testcase>
    <testcase name="c" time="0.1">
      <error message="y">text</error>
    </testcase>
    <testcase name="it&apos;s d" time="0.0"><skipped/></testcase>
    <testcase name="d &gt; step" time="0.0"></testcase>
  </testsuites>`;
  assertEquals(countCases(report), { passed: 2, failed: 2, skipped: ["it's d"] });
  assertEquals(countCases(""), { passed: 0, failed: 0, skipped: [] });
});

Deno.test("splitArguments() runs tests and examples unless a file or folder is given", () => {
  assertEquals(splitArguments([], "/"), { options: [], paths: TESTED });
  assertEquals(splitArguments(["--filter", "conv", "--fail-fast"], "/"), {
    options: ["--filter", "conv", "--fail-fast"],
    paths: TESTED,
  });
  assertEquals(splitArguments(["tests/gpu", "--filter=conv"], "/nowhere"), {
    options: ["--filter=conv"],
    paths: ["tests/gpu"],
  });
});

Deno.test("splitArguments() resolves a path that exists in the caller's folder", () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/own_test.ts`, "");
  assertEquals(splitArguments(["own_test.ts"], folder).paths, [`${folder}/own_test.ts`]);
  Deno.removeSync(folder, { recursive: true });
});
