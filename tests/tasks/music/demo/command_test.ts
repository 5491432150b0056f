/** `deno task demo` as a user meets it: a run of its own, its network, its end. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeWav } from "../../../../audio/wav.ts";
import type { CatalogueAnswer, DropAnswer } from "../../../../tasks/music/demo/api.ts";
import { newestRun } from "../../../../tasks/music/demo/newest_run.ts";
import { ends, runCommandLine } from "../../run_command.ts";
import { TINY_RUN } from "../tiny_run.ts";
import { inFolder } from "../../../files/samples.ts";

const folder = await Deno.makeTempDir();
const demo = (...args: string[]) => runCommandLine("tasks/music/demo/main.ts", folder, ...args);

Deno.test("without a finished run the demo says what to do first", async () => {
  const { stderr } = await ends(demo("--port", "0"), 1);
  assertEquals(
    stderr,
    `error: Cannot open the demo: there is no finished music run in ${folder}/runs: ` +
      "run ./cetus music first, or name one with --run\n",
  );
});

Deno.test("--help tells the options, and a port that is none is refused", async () => {
  await ends(demo("--help"), 0, "--port N");
  await ends(
    demo("--port", "65536"),
    2,
    "--port is 65536, expected a whole number from 0 to 65535",
  );
});

inFolder.test("newestRun() takes the music run that was finished last", async (runs) => {
  const make = async (name: string, task: string, finished?: number) => {
    await Deno.mkdir(`${runs}/${name}`);
    await Deno.writeTextFile(`${runs}/${name}/config.json`, JSON.stringify({ task }));
    await Deno.writeTextFile(`${runs}/${name}/catalogue.jsonl`, "");
    if (finished === undefined) return;
    await Deno.writeTextFile(`${runs}/${name}/result.json`, "{}");
    await Deno.utime(`${runs}/${name}/result.json`, finished, finished);
  };
  await make("a", "music", 1000);
  await make("b", "music", 3000);
  await make("c", "music", 2000);
  await make("d", "galaxy", 4000);
  await make("e", "music");
  await Deno.mkdir(`${runs}/f`);
  assertEquals(await newestRun(runs), `${runs}/b`);
});

/** A demo that runs, and where it is. */
async function startDemo(...args: string[]) {
  const path = new URL("../../../../tasks/music/demo/main.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", path, ...args],
    env: { CETUS_CWD: folder },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let words = "";
  const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  while (true) {
    const { value, done } = await said.read();
    if (done) throw new Error(`The demo ended: ${words}`);
    words += value;
    const address = /the demo is at (http:\S+\/) until/.exec(words)?.[1];
    if (address) return { child, address, words, end: () => said.cancel() };
  }
}

Deno.test("the newest run is shown; its network knows a song by the sound that is served", async () => {
  await ends(runCommandLine("tasks/music/main.ts", folder, ...TINY_RUN), 0);
  const { child, address, words, end } = await startDemo("--port", "0");
  assertStringIncludes(words, "music-smoke-1: 24 songs, 60 listeners");
  const get = (path: string) => fetch(new URL(path, address));
  const { songs, run }: CatalogueAnswer = await (await get("/api/catalogue")).json();
  assertEquals([songs.length, run.synthetic], [24, true]);
  for (const song of [songs[4], songs[19]]) {
    const body = await (await get(`/audio/${song.id}.wav`)).bytes();
    const response = await fetch(new URL("/api/drop", address), { method: "POST", body });
    const { neighbours, position }: DropAnswer = await response.json();
    assertEquals(neighbours[0].id, song.id);
    assertAlmostEquals(neighbours[0].score, 1, 1e-4);
    assertEquals(position, [song.x, song.y]);
  }
  const other = Float64Array.from({ length: 66_150 }, (_, i) => Math.sin(i * i / 3e6) / 2);
  const file = encodeWav({ rate: 22_050, channels: [other] });
  const response = await fetch(new URL("/api/drop", address), { method: "POST", body: file });
  const { position }: DropAnswer = await response.json();
  const xs = songs.map(({ x }) => x);
  assert(position[0] >= Math.min(...xs) - 1 && position[0] <= Math.max(...xs) + 1, `${position}`);
  const port = new URL(address).port;
  await ends(demo("--port", port), 2, `--port ${port} is in use`);
  child.kill("SIGINT");
  await end();
  assertEquals((await child.status).code, 0);
  await Deno.remove(folder, { recursive: true });
});
