/**
 * The packages that benches compare with, each with its exact version. Nothing else needs them.
 *
 * @module
 */
export { kmeans as mlKMeans } from "npm:ml-kmeans@7.0.1";
