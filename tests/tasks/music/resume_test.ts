/** A music run that is interrupted goes on where it was, in the same bits. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { trainMusic } from "../../../tasks/music/train.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted, RunFolder } from "../../../tasks/run/run_folder.ts";
import { openGpu } from "../../../gpu/gpu.ts";
import { test } from "../../check.ts";
import { withFolder } from "../../files/samples.ts";

const config = {
  ...MUSIC_PRESETS.smoke,
  ...{ songs: 24, artists: 8, listeners: 60, codeWords: 8, mapIterations: 60 },
  ...{ batchSize: 4, windowsPerSong: 1, epochs: 12 },
};

/** The lines of metrics. */
async function loggedLines(path: string): Promise<string[]> {
  return (await Deno.readTextFile(`${path}/metrics.jsonl`)).split("\n");
}

test("a music run interrupted in either network ends in the same bits", async ({ gpu }) => {
  await withFolder(async (folder) => {
    const cache = `${folder}/cache`;
    const options = {
      config,
      seed: 1,
      cache,
      gpu,
      out: `${folder}/whole`,
      progress: new Progress({ isTerminal: false, write() {} }),
    };
    const whole = await trainMusic(options);
    const out = `${folder}/cut`;
    for (const protocol of ["strict", "paper"]) {
      const controller = new AbortController();
      const progress = new Progress({
        isTerminal: true,
        write: (text) => text.includes(`${protocol}: step 4`) && controller.abort(),
      });
      const cut = trainMusic({
        ...options,
        out,
        progress,
        resume: true,
        signal: controller.signal,
      });
      await assertRejects(() => cut, Interrupted, "--resume");
    }
    const names = Array.from(Deno.readDirSync(out), ({ name }) => name);
    assert(
      names.includes("checkpoint.safetensors") && names.includes("paper_checkpoint.safetensors"),
    );
    const resumed = await trainMusic({ ...options, out, resume: true });
    assertEquals(resumed.rows, whole.rows);
    const model = (run: string) => Deno.readFile(`${folder}/${run}/model.safetensors`);
    assertEquals(await model("cut"), await model("whole"));
    assertEquals(await loggedLines(out), await loggedLines(options.out));
    await RunFolder.open(out, { other: 1 }, { resume: false, force: true });
    const left = Array.from(Deno.readDirSync(out), ({ name }) => name);
    assertEquals(left.filter((name) => name.includes("checkpoint")), []);
  });
});

Deno.test("a device lost in the second network is said with what to do, not that nothing was saved", async () => {
  await withFolder(async (out) => {
    const gpu = await openGpu();
    const progress = new Progress({
      isTerminal: true,
      write: (text) => text.includes("paper: step 4") && gpu.device.destroy(),
    });
    const options = { config: { ...config, epochs: 3 }, seed: 1, cache: `${out}/cache`, gpu };
    const lost = trainMusic({ ...options, out: `${out}/run`, progress });
    const { message } = await assertRejects(() => lost, Error);
    const sentence = /^The GPU device was lost \(destroyed\): .*; go on with --resume \(.*\/run\)$/;
    assert(sentence.test(message) && !message.includes("nothing"), message);
    assert(Array.from(Deno.readDirSync(`${out}/run`)).some(({ name }) => name.startsWith("model")));
  });
});
