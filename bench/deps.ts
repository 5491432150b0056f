/**
 * The packages that benches compare with, each with its exact version. Nothing else needs them.
 *
 * @module
 */
export { kmeans as mlKMeans } from "npm:ml-kmeans@7.0.1";
/** LGPL-3.0-or-later: measured beside ours, never part of the toolkit. */
export { TSNE as DruidTsne } from "npm:@saehrimnir/druidjs@0.9.0";
