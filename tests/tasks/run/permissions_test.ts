import { assert, assertEquals } from "@std/assert";

const PROGRAMS = [
  "tasks/galaxy/main.ts",
  "tasks/whale/main.ts",
  "tasks/music/main.ts",
  "tasks/music/demo/main.ts",
  "tasks/study/worker.ts",
  "tasks/study/trial.ts",
  "tasks/doctor/main.ts",
];

/** What a program says that is started with these permissions only. */
async function started(program: string, permissions: readonly string[], ...args: string[]) {
  const path = new URL(`../../../${program}`, import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", ...permissions, path, ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

for (const program of PROGRAMS) {
  Deno.test(`${program} gives its help without any permission`, async () => {
    const { code, stdout, stderr } = await started(program, [], "--help");
    assertEquals([code, stderr], [0, ""]);
    assert(stdout.includes("deno task"), stdout);
  });
}

Deno.test("without its permissions a program says in one line what it lacks", async () => {
  const cases: [program: string, permissions: string[], args: string[], line: RegExp][] = [
    [
      "tasks/galaxy/main.ts",
      [],
      [],
      /^error: Deno was not given env access to "\w+": start with deno task galaxy, or deno run -A\n$/,
    ],
    [
      "tasks/study/worker.ts",
      ["--allow-read"],
      ["--queue", "redis://localhost:1"],
      /^error: Deno was not given env access .*\n$/,
    ],
    [
      "tasks/music/main.ts",
      [],
      ["similar", "--run", "/r", "--song", "x"],
      /^error: Cannot \w+ \/r\S*: Deno was not given the permission for it.*\n$/,
    ],
    [
      "tasks/whale/main.ts",
      ["--allow-env"],
      ["train", "--out", "/r"],
      /^error: Cannot \w+ \/r\S*: Deno was not given the permission for it.*\n$/,
    ],
  ];
  for (const [program, permissions, args, line] of cases) {
    const { code, stdout, stderr } = await started(program, permissions, ...args);
    assertEquals([code, stdout], [1, ""]);
    assert(line.test(stderr), stderr);
  }
});
