/** A music run that is interrupted goes on where it was, in the same bits. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { MUSIC_PRESETS } from "../../../tasks/music/config.ts";
import { trainMusic } from "../../../tasks/music/train.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted, RunFolder } from "../../../tasks/run/run_folder.ts";
import { test } from "../../check.ts";
import { withFolder } from "../../files/samples.ts";

const config = {
  ...MUSIC_PRESETS.smoke,
  ...{ songs: 24, artists: 8, listeners: 60, codeWords: 8, mapIterations: 60 },
  ...{ batchSize: 4, windowsPerSong: 1, epochs: 12 },
};

/** What each line of metrics is about. */
async function loggedSteps(path: string): Promise<string[]> {
  const { folder } = await RunFolder.read(path);
  return (await folder.metrics()).map(({ protocol, step }) => `${protocol} ${step}`);
}

test("a music run interrupted in either network ends in the same bits", async ({ gpu }) => {
  await withFolder(async (folder) => {
    const cache = `${folder}/cache`;
    const options = {
      config,
      seed: 1,
      cache,
      gpu,
      progress: new Progress({ isTerminal: false, write() {} }),
    };
    const whole = await trainMusic({ ...options, out: `${folder}/whole` });
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
    const steps = await loggedSteps(out);
    assertEquals(new Set(steps).size, steps.length, steps.join(", "));
    await RunFolder.open(out, { other: 1 }, { resume: false, force: true });
    const left = Array.from(Deno.readDirSync(out), ({ name }) => name);
    assertEquals(left.filter((name) => name.includes("checkpoint")), []);
  });
});
