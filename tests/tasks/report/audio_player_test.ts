import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { parseWav } from "../../../audio/wav.ts";
import { DISPLAY } from "../../../gpu/display.ts";
import { audioPlayer } from "../../../tasks/report/audio_player.ts";
import { refuses } from "../../refusals.ts";

/** A second of 100 Hz, far from full scale. */
const TONE = Float64Array.from({ length: 2000 }, (_, i) => 300 * Math.sin(Math.PI * i / 10));

/** How often a sound passes zero upwards. */
function periods(samples: ArrayLike<number>): number {
  return Array.from(samples).filter((x, i, all) => i > 0 && all[i - 1] < 0 && x >= 0).length;
}

Deno.test("a slow recording is played at a rate that browsers take, as loud as it goes", () => {
  const { rate, channels: [sound] } = parseWav(audioPlayer(TONE, { rate: 2000 }).bytes);
  assertEquals([rate, sound.length], [8000, 8000]);
  assertAlmostEquals(Math.max(...sound.map(Math.abs)), 0.9, 1e-3);
  assertAlmostEquals(periods(sound), 100, 1);
});

Deno.test("twice the speed is half as long and an octave higher", () => {
  const { rate, channels: [sound] } = parseWav(audioPlayer(TONE, { rate: 2000, speed: 2 }).bytes);
  assertEquals([rate, sound.length], [8000, 4000]);
  assertAlmostEquals(periods(sound), 100, 1); // in half a second
});

Deno.test("a player shows itself with its file inside, and its words as text", () => {
  const player = audioPlayer(TONE, { rate: 2000, alt: `a "tone"` });
  const { "text/html": html, "text/plain": text } = player[DISPLAY]();
  assertEquals(text, `a "tone"`);
  assert(
    html.startsWith(`<audio controls aria-label="a &quot;tone&quot;" src="data:audio/wav;base64,`),
  );
  const [, file] = /base64,([^"]+)"/.exec(html)!;
  assertEquals(Uint8Array.fromBase64(file), Uint8Array.from(player.bytes));
});

Deno.test("silence can be played; no samples, no numbers and no rate cannot", () => {
  const [silence] = parseWav(audioPlayer(new Float32Array(90), { rate: 2000 }).bytes).channels;
  assert(silence.every((sample) => sample === 0));
  refuses(() => audioPlayer([], { rate: 2000 }));
  refuses(() => audioPlayer([1, NaN], { rate: 2000 }));
  refuses(
    () => audioPlayer(TONE, { rate: 0 }),
    "Cannot play sound: rate times speed is 0, expected a whole number from 1 on",
  );
});
