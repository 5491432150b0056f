/**
 * Colours for numbers: one map from dark to bright, and one with white in the middle.
 *
 * @module
 */

/** Red, green and blue, 0 to 255, at equal distances along a map. */
type Anchors = readonly (readonly [number, number, number])[];

/**
 * Names of the colour maps: `viridis` for amounts, from dark blue over green to yellow; `diverging`
 * for what has a middle, from blue over white to red.
 */
export type ColourMapName = "viridis" | "diverging";

/**
 * Viridis at every tenth (Smith and van der Walt 2015, in the public domain): its lightness rises
 * evenly, in grey and to the colour-blind too. The other has the ends of ColorBrewer's RdBu (Harrower
 * and Brewer 2003), its lightness even on both sides.
 */
const MAPS: Readonly<Record<ColourMapName, Anchors>> = {
  viridis: [
    [68, 1, 84],
    [72, 36, 117],
    [65, 68, 135],
    [53, 95, 141],
    [42, 120, 142],
    [33, 145, 140],
    [34, 168, 132],
    [68, 191, 112],
    [122, 209, 81],
    [189, 223, 38],
    [253, 231, 37],
  ],
  diverging: [
    [5, 48, 97],
    [33, 102, 172],
    [67, 147, 195],
    [146, 197, 222],
    [209, 229, 240],
    [247, 247, 247],
    [253, 219, 199],
    [244, 165, 130],
    [214, 96, 77],
    [178, 24, 43],
    [103, 0, 31],
  ],
};

/**
 * The colour of a value, between the two nearest anchors of a map.
 *
 * @param name the map
 * @param part 0 to 1, from the low end to the high one; what lies beyond gets the end's colour
 * @returns red, green and blue, 0 to 255
 *
 * @example
 * ```ts
 * import { mapColour } from "./colour_map.ts";
 *
 * const [red, green, blue] = mapColour("diverging", 0.5);
 * if (red !== green || green !== blue) throw new Error("the middle has no colour");
 * ```
 */
export function mapColour(name: ColourMapName, part: number): [number, number, number] {
  const anchors = MAPS[name];
  const place = Math.min(1, Math.max(0, part)) * (anchors.length - 1);
  const below = Math.min(Math.floor(place), anchors.length - 2);
  const mix = (channel: 0 | 1 | 2) => {
    const [from, to] = [anchors[below][channel], anchors[below + 1][channel]];
    return Math.round(from + (place - below) * (to - from));
  };
  return [mix(0), mix(1), mix(2)];
}
