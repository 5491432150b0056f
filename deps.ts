/**
 * The packages that `mod.ts` needs, each named once with its exact version. Whoever imports Cetus
 * fetches these three and nothing else; `docs/design.md` gives the reason for each.
 *
 * @module
 */
export { gunzipSync, Inflate, inflateSync, unzipSync, zipSync, zlibSync } from "npm:fflate@0.8.3";
export { default as jpeg } from "npm:jpeg-js@0.4.4";
export { default as wavefile } from "npm:wavefile@11.0.0";
