/**
 * Deflate in both directions, for zip, gzip and PNG: the one package that `files/` needs for most
 * formats, named once with its exact version. `docs/decisions.md` gives the reason.
 *
 * @module
 */
export { Inflate, inflateSync, zipSync, zlibSync } from "npm:fflate@0.8.3";
