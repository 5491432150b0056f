/**
 * Runs the tests and the examples in documentation comments and Markdown, and ends with one line,
 * `N passed, N failed`. Arguments go on to `deno test`; a source folder stands for its examples:
 *
 *     deno task test tests/gpu --filter conv
 *     deno task test nn README.md
 *
 * One test file at a time, so that their output stays in order. Two at once were faster even on two
 * cores with the software adapter (98 tests: 4 to 6 s instead of 7 s):
 * `DENO_JOBS=2 deno task test --parallel`.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Where tests and examples are. Examples name the package: Deno maps its own name to this tree. */
export const TESTED: readonly string[] = [
  "tests/",
  "audio/",
  "files/",
  "gpu/",
  "mod.ts",
  "nn/",
  "README.md",
  "recsys/",
  "tasks/",
];

/** Options of `deno test` whose value may follow as an argument of its own. */
const OPTIONS_WITH_VALUE = new Set(["--filter", "--ignore", "--reporter", "--shuffle-seed"]);

/** What a test run came to. Steps count as tests, as they do in JUnit reports. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Names of those that were ignored, which say why. */
  readonly skipped: readonly string[];
}

/** Counts the test cases of a JUnit report as `deno test --junit-path` writes it. */
export function countCases(report: string): Counts {
  // Text inside the report is escaped, so these can only be elements.
  const cases = report.split("<testcase ").slice(1);
  const failed = cases.filter((text) => /<(failure|error)[\s>]/.test(text)).length;
  const skipped = cases.filter((text) => /<skipped\b/.test(text))
    .map((text) => /name="([^"]*)"/.exec(text)![1].replaceAll("&apos;", "'"));
  return { passed: cases.length - failed - skipped.length, failed, skipped };
}

/**
 * Separates what to run from the options; everything when no file or folder is given. Paths may be
 * relative to the caller's folder or to the repository.
 */
export function splitArguments(
  args: readonly string[],
  callerFolder: string,
): { options: string[]; paths: readonly string[] } {
  const options: string[] = [];
  const paths: string[] = [];
  args.forEach((arg, at) => {
    const isOption = arg.startsWith("-") || OPTIONS_WITH_VALUE.has(args[at - 1]);
    if (isOption) options.push(arg);
    else paths.push(locate(arg, callerFolder));
  });
  return { options, paths: paths.length > 0 ? paths : TESTED };
}

function locate(path: string, callerFolder: string): string {
  const fromCaller = resolve(callerFolder, path);
  return existsSync(fromCaller) ? fromCaller : path;
}

async function runTests(args: readonly string[], report: string): Promise<number> {
  const { options, paths } = splitArguments(args, Deno.env.get("INIT_CWD") ?? Deno.cwd());
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--doc", "--frozen", `--junit-path=${report}`, ...options, ...paths],
    cwd: ROOT,
  }).spawn();
  return (await child.status).code;
}

function readCounts(report: string): Counts {
  // A run that ends before its first test (a type error, say) may leave no report.
  return existsSync(report) ? countCases(Deno.readTextFileSync(report)) : countCases("");
}

async function main(args: readonly string[]): Promise<number> {
  const folder = Deno.makeTempDirSync({ prefix: "cetus-tests-" });
  // Mesa's software driver prints two errors per adapter unless this names an existing folder.
  if (!Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", folder);
  try {
    const report = `${folder}/report.xml`;
    const code = await runTests(args, report);
    return conclude(readCounts(report), code);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Prints the outcome, the counts alone on the last line, and gives the exit code. */
function conclude(counts: Counts, code: number): number {
  let failed = counts.failed;
  if (code !== 0 && failed === 0) {
    // A type error, an error outside any test, no such file: the line must not say "0 failed".
    console.log(`deno test ended with exit code ${code} without a failed test; counted as one`);
    failed = 1;
  }
  if (counts.passed + failed === 0) console.log("Expected at least one test to run, but none did");
  for (const name of counts.skipped) console.log(`skipped: ${name}`);
  console.log(`${counts.passed} passed, ${failed} failed`);
  if (code !== 0) return code;
  return failed > 0 || counts.passed === 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
