/**
 * Clips to look at: found, missed, and taken for calls.
 *
 * @module
 */
import { escapeText } from "../../report/plot/svg.ts";
import { paragraph, section } from "../../report/html.ts";
import type { ReportClip, WhaleReportContent } from "./content.ts";
import { SHOWN_FRONT, spectrogramPicture } from "./pictures.ts";

/** Pixels that a spectrogram is drawn in. */
const SIZE = { width: 280, height: 210 } as const;

/** Which clips are shown of scores. */
export interface ChosenClips {
  /** Calls of the highest scores, the highest first. */
  readonly found: readonly number[];
  /** Calls of the lowest scores, the lowest first. */
  readonly missed: readonly number[];
  /** Others of the highest scores, the highest first. */
  readonly falseAlarms: readonly number[];
}

/**
 * Chooses clips by their scores. No clip is both found and missed.
 *
 * @param calls 1 for calls, `[n]`
 * @param scores higher for calls, `[n]`
 * @param most clips of each kind
 */
export function chooseClips(calls: Uint8Array, scores: Float64Array, most: number): ChosenClips {
  const ordered = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b);
  const positives = ordered.filter((row) => calls[row] === 1);
  const found = positives.slice(0, Math.min(most, Math.ceil(positives.length / 2)));
  const missed = positives.slice(found.length).slice(-most).toReversed();
  return { found, missed, falseAlarms: ordered.filter((row) => calls[row] === 0).slice(0, most) };
}

/** The section; empty without clips. */
export function clipPictures({ clips = [] }: WhaleReportContent): string {
  const groups = clips.filter((group) => group.clips.length > 0);
  if (!groups.length) return "";
  const { windowLength, redundancy } = SHOWN_FRONT;
  return section(
    "Clips to look at",
    paragraph(
      `Spectrograms from 0 to 500 Hz, bright where there is much sound: frames of ${windowLength} ms, ` +
        `one every ${
          windowLength / redundancy
        } ms, on a scale of its own for each clip, without the ` +
        `normalisation of contrast that the detector applies.`,
    ),
    ...groups.map(({ heading, text, clips }) =>
      `<h3>${escapeText(heading)}</h3>${paragraph(text, "note")}` +
      `<ul class="clips">${clips.map(card).join("")}</ul>`
    ),
  );
}

function card({ name, score, note, image }: ReportClip): string {
  const alt = `Spectrogram of ${name}, score ${short(score)}${note ? `, ${note}` : ""}`;
  const { svg } = spectrogramPicture(image, { ...SIZE, alt });
  return `<li>${svg}<p><strong>${escapeText(name)}</strong> ${short(score)}` +
    `${note ? `<br><span>${escapeText(note)}</span>` : ""}</p></li>`;
}

function short(score: number): string {
  return score.toFixed(3).replace("-", "−");
}
