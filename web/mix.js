// @ts-check
/**
 * Two sliders to three weights, and the weights in words.
 *
 * @module
 */

/**
 * @typedef {object} Mix
 * @property {number} popularity 0 to 1; the three sum to 1
 * @property {number} usage
 * @property {number} content
 */

/**
 * Weights of the sources.
 *
 * @param {number} sound per cent of the personal part that is sound; the rest is plays
 * @param {number} popularity per cent of it all that is popularity
 * @returns {Mix}
 */
export function mixOf(sound, popularity) {
  const [s, p] = [sound / 100, popularity / 100];
  return { popularity: p, usage: (1 - p) * (1 - s), content: (1 - p) * s };
}

/**
 * The weights in words, largest first.
 *
 * @param {Mix} mix
 */
export function mixWords({ popularity, usage, content }) {
  /** @type {[number, string][]} */
  const parts = [
    [content, "how the songs sound"],
    [usage, "who else plays the songs"],
    [popularity, "how many people play the songs"],
  ];
  const counted = parts.filter(([weight]) => weight > 0.004).sort((a, b) => b[0] - a[0]);
  if (counted.length === 1) return `Counts: only ${counted[0][1]}.`;
  let rest = 100; // goes to the last, so that they sum to 100 when rounded
  const named = counted.map(([weight, words], at) => {
    const share = at === counted.length - 1 ? rest : Math.round(100 * weight);
    rest -= share;
    return `${share} % ${words}`;
  });
  return `Counts: ${named.join(", ")}.`;
}
