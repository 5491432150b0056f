/** Sounds made like the songs of a run: the same bits in pieces; what is refused, and when. */
import { assert, assertEquals } from "@std/assert";
import { mixToMono } from "../../../audio/recording.ts";
import { resample } from "../../../audio/resample.ts";
import { encodeWav, parseWav } from "../../../audio/wav.ts";
import { levelled } from "../../../tasks/music/loudness.ts";
import { evenSound, readSound } from "../../../tasks/music/read_sound.ts";
import { unreadable } from "../../refusals.ts";
import { noise } from "../../audio/signal.ts";

Deno.test("a long sound, resampled in pieces, has the bits of one that is resampled at once", () => {
  for (const rate of [8000, 44_100, 22_050, 2000]) {
    const mono = noise(4000);
    const whole = levelled(resample(mono, rate, 22_050));
    for (const piece of [whole.length, 1000, 999, 1]) {
      assertEquals(evenSound(mono, rate, piece), whole);
    }
  }
  assertEquals(evenSound(noise(50), 22_254.54), evenSound(noise(50), 22_255));
  assert(evenSound(new Float64Array(3000), 22_050, 1000).every((sample) => sample === 0));
});

Deno.test("readSound() gives one channel at 22,050 Hz and tells what was left out", async () => {
  const channels = [noise(900), noise(901).slice(1)];
  const wav = encodeWav({ rate: 44_100, channels }, "24");
  const told: string[] = [];
  const warn = (name: string, warnings: readonly string[]) => told.push(name, ...warnings);
  const cut = wav.slice(0, -1);
  const expected = levelled(resample(mixToMono(parseWav(cut)), 44_100, 22_050));
  assertEquals(await readSound(cut, "a.wav", { warn }), expected);
  assertEquals([told[0], told.length], ["a.wav", 3]);
});

Deno.test("what is too long is refused by its header, what is too slow by its rate", async () => {
  const hour = encodeWav({ rate: 1, channels: [new Float64Array(3600)] });
  const { message } = await unreadable(() => readSound(hour, "a.wav", { maxSeconds: 1800 }));
  assertEquals(message, "Cannot read a.wav: it lasts 60 minutes, expected at most 30");
  await unreadable(
    () => readSound(hour, "a.wav"),
    "Cannot read a.wav: its rate is 1 Hz, expected at least 1000",
  );
  const days = encodeWav({ rate: 1, channels: [new Float64Array(50_000)] }, "8");
  await unreadable(() => readSound(days, "a.wav"), "it lasts 834 minutes, expected at most 720");
});
