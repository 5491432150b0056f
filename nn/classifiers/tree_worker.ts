/**
 * The worker side of `TreePool`: sorts features into bins and grows trees.
 *
 * @module
 */
import { boostTrees } from "./boosting_rounds.ts";
import { ClassificationTreeGrower } from "./classification_tree.ts";
import { binColumns } from "./feature_bins.ts";
import type { TreeReply, TreeRequest } from "./tree_pool.ts";

/** The part of a worker's global scope used here; the types of the main thread lack it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<TreeRequest>) => void) | null;
  postMessage(reply: TreeReply, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let grower: ClassificationTreeGrower | undefined;

scope.onmessage = ({ data: request }) => {
  if (request.kind === "forest") {
    const { data, labels, options } = request;
    grower = new ClassificationTreeGrower(data, labels, options);
    return;
  }
  const result = answer(request);
  scope.postMessage({ result }, buffers(result));
};

function answer(request: Exclude<TreeRequest, { kind: "forest" }>) {
  if (request.kind === "bins") return binColumns(request.values, request.rows);
  if (request.kind === "boosting") {
    const { data, labels, options } = request;
    return boostTrees(data, labels, options, (progress) => scope.postMessage({ progress }));
  }
  if (grower) return grower.grow(request.key);
  throw new Error("a tree was asked for before its rows came");
}

/** Memory that changes hands instead of being copied. */
function buffers(result: object): ArrayBuffer[] {
  return Object.values(result).flatMap((part) =>
    part instanceof Object && "buffer" in part ? part.buffer : []
  );
}
